export * from './account.ts';
export * from './alarm.ts';
export * from './common.ts';
export * from './export.ts';
export * from './history.ts';
export * from './live.ts';
export * from './plant.ts';
export * from './resource.ts';
