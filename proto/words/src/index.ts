export * from './alarm.ts';
export * from './data-type.ts';
export * from './duration.ts';
export * from './flags.ts';
export * from './status.ts';
export * from './tag-path.ts';
