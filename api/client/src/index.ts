export { type Client, type ClientOptions, createClient, type List } from './client.ts';
export { createLiveClient, type LiveClient, type LiveClientOptions, type LiveState, type LiveTagValue } from './live-client.ts';
export { ApiError } from './problem.ts';
export type * from './schemas/index.ts';
export type { RefreshStore } from './token-keeper.ts';
export * from './vocabulary.ts';
