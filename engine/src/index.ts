export * from './calculated/order-calculated.ts';
export * from './expression/compile-expression.ts';
export { shownState } from './alarms/shown-state.ts';
export { createSiteEngine } from './site/create-site-engine.ts';
export type * from './types.ts';
