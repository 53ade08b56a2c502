import type { DataDirectory } from './data-directory.ts';

/** What `up` was asked for. */
export interface PlantOptions {
  readonly data: DataDirectory;
  readonly paths: readonly string[];
  readonly simulate: boolean;
  readonly host: string;
  readonly port: number;
  readonly databaseUrl: string | undefined;
}
