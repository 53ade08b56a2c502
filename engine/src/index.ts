export * from './calculated/calculated-sources.ts';
export * from './calculated/order-calculated.ts';
export * from './expression/compile-expression.ts';
export { shownState } from './alarms/shown-state.ts';
export { SIGNAL_VARIABLES } from './signals/build-source.ts';
export * from './signals/create-signals.ts';
export { createSiteEngine } from './site/create-site-engine.ts';
export type * from './types.ts';
