export * from './kubeplant/v1alpha1/ingest.ts';
export * as model from './kubeplant/v1alpha1/model.ts';
