export * from './condition-types.ts';
export * from './kinds.ts';
export * from './kubernetes-only.ts';
export type * from './resource.ts';
export type * from './structural.ts';
