export * from './create-fake-clock.ts';
