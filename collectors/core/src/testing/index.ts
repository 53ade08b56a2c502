export * from './build-config.ts';
export * from './create-fake-clock.ts';
export * from './start-fake-owner.ts';
export * from './create-fake-driver.ts';
