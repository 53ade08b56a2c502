export type { Framing } from './codec/framing.ts';
export * from './driver/modbus-driver.ts';
export * from './server/modbus-server.ts';
export * from './server/register-image.ts';
export * from './values/encode-value.ts';
export * from './values/register-count.ts';
