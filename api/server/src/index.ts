export { type AppDeps, buildApp } from './app.ts';
export { loadSigningKeys, type SigningKeys, toSigningKeys } from './auth/signing-keys.ts';
export { createLiveHub } from './live/hub.ts';
export type * from './ports.ts';
