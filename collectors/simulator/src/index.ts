export * from './create-simulator.ts';
export * from './parse-simulator-config.ts';
export * from './simulator-settings.ts';
