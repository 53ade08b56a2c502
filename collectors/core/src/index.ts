export * from './convert/decode-text.ts';
export * from './create-clock.ts';
export type * from './driver.ts';
export * from './poll/create-poller.ts';
