export * from './calculated/order-calculated.ts';
export * from './expression/compile-expression.ts';
export type * from './types.ts';
