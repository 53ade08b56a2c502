/** A file that only grows. */
export interface LogFile {
  /** Write at the end; when it rejects, part of it may be there. */
  append(parts: readonly Buffer[]): Promise<void>;
  /** What was written survives a loss of power (fdatasync; the first time also the file's name). */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** What the log needs of a disk; errors carry Node's `code` (`ENOSPC`, `ENOENT` …). A parameter so that tests can break it. */
export interface FileSystem {
  makeFolder(path: string): Promise<void>;
  /** Names in a folder. */
  list(folder: string): Promise<readonly string[]>;
  sizeOf(path: string): Promise<number>;
  /** A new file; rejects with `EEXIST` where there is one. */
  create(path: string): Promise<LogFile>;
  /** At most `length` bytes from `position`; fewer at the end. */
  read(path: string, position: number, length: number): Promise<Buffer>;
  /** Make `path` hold just these bytes, all or nothing. */
  replace(path: string, bytes: Buffer): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  truncate(path: string, length: number): Promise<void>;
  remove(path: string): Promise<void>;
}

/** Node's code of a failed operation; its message when there is none. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}
