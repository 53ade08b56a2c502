import { dirname } from 'node:path';
import type { FileSystem, LogFile } from '../log/file-system.ts';

/** A disk in memory that fails and loses power as a test wishes. */
export interface SimDisk {
  /** The disk as a process sees it, until the next crash. */
  mount(): FileSystem;
  /** Asked before each operation: the code it fails with, or a promise it waits for. */
  fault: (operation: keyof FileSystem | 'append' | 'sync', path: string) => string | Promise<void> | undefined;
  /** The power fails: of what was not synced a random part is left, torn or zeroed. Handles of before do nothing any more. */
  crash(): void;
  /** The process is killed: what it wrote is there, and the system makes it safe; its handles do nothing any more. */
  kill(): void;
  /** The folder and all in it are gone. */
  wipe(): void;
  /** Flip a bit of a file. */
  flip(path: string, byte: number): void;
  contentOf(path: string): Buffer;
  /** As far as it survives a loss of power for sure. */
  syncedOf(path: string): Buffer;
  write(path: string, bytes: Buffer): void;
  readonly paths: readonly string[];
  readonly syncs: number;
}

interface SimFile {
  bytes: Buffer;
  syncedLength: number;
  named: boolean;
  /** Content before it was replaced without a sync. */
  before: Buffer | undefined;
}

interface SimState {
  files: Map<string, SimFile>;
  folders: Set<string>;
  generation: number;
  syncs: number;
  fault: SimDisk['fault'];
  readonly random: () => number;
}

/** `random` gives 0…1. */
export function createSimDisk(random: () => number = Math.random): SimDisk {
  const state: SimState = { files: new Map(), folders: new Set(), generation: 0, syncs: 0, fault: () => undefined, random };
  return {
    mount: () => mount(state, state.generation),
    set fault(fault) {
      state.fault = fault;
    },
    get fault() {
      return state.fault;
    },
    contentOf: (path) => fileAt(state, path).bytes,
    syncedOf: (path) => {
      const { bytes, syncedLength } = fileAt(state, path);
      return bytes.subarray(0, syncedLength);
    },
    write: (path, bytes) => {
      state.folders.add(dirname(path));
      state.files.set(path, { bytes: Buffer.from(bytes), syncedLength: bytes.length, named: true, before: undefined });
    },
    kill: () => {
      state.generation++;
      for (const file of state.files.values()) Object.assign(file, { syncedLength: file.bytes.length, named: true, before: undefined });
    },
    crash: () => {
      state.generation++;
      for (const [path, file] of [...state.files]) crashFile(state, path, file);
    },
    wipe: () => {
      state.files = new Map();
      state.folders = new Set();
    },
    flip: (path, byte) => {
      const { bytes } = fileAt(state, path);
      const at = byte % bytes.length;
      bytes[at] = (bytes[at] ?? 0) ^ (1 << (byte % 8));
    },
    get paths() {
      return [...state.files.keys()].sort();
    },
    get syncs() {
      return state.syncs;
    },
  };
}

const failure = (code: string, what: string): Error => Object.assign(new Error(`${code}: ${what}`), { code });

function fileAt({ files }: SimState, path: string): SimFile {
  const file = files.get(path);
  if (file === undefined) throw failure('ENOENT', path);
  return file;
}

/** Before an operation of a process that began in `generation`. */
async function begin(state: SimState, generation: number, operation: keyof FileSystem | 'append' | 'sync', path: string): Promise<void> {
  const fault = state.fault(operation, path);
  if (fault instanceof Promise) await fault;
  else await Promise.resolve();
  if (generation !== state.generation) await new Promise(() => {}); // the process is gone
  if (typeof fault === 'string') throw failure(fault, `${operation} ${path}`);
}

/** What a loss of power leaves of a file. */
function crashFile({ files, random }: SimState, path: string, file: SimFile): void {
  if (file.before !== undefined && random() < 0.3) file.bytes = random() < 0.5 ? file.before : Buffer.alloc(0);
  else if (!file.named && file.syncedLength === 0 && random() < 0.3) files.delete(path);
  else {
    const length = file.syncedLength + Math.floor(random() * (file.bytes.length - file.syncedLength + 1));
    const left = Buffer.from(file.bytes.subarray(0, length));
    if (random() < 0.3) left.fill(0, file.syncedLength + Math.floor(random() * (length - file.syncedLength + 1)));
    file.bytes = left;
  }
  file.syncedLength = file.bytes.length;
  file.before = undefined;
}

function mount(state: SimState, generation: number): FileSystem {
  const step = (operation: keyof FileSystem, path: string): Promise<void> => begin(state, generation, operation, path);
  const needFolder = (path: string): void => {
    if (!state.folders.has(dirname(path))) throw failure('ENOENT', dirname(path));
  };
  return {
    makeFolder: async (path) => {
      await step('makeFolder', path);
      state.folders.add(path);
    },
    list: async (folder) => {
      await step('list', folder);
      return [...state.files.keys()].filter((path) => dirname(path) === folder).map((path) => path.slice(folder.length + 1));
    },
    sizeOf: async (path) => {
      await step('sizeOf', path);
      return fileAt(state, path).bytes.length;
    },
    create: async (path) => {
      await step('create', path);
      needFolder(path);
      if (state.files.has(path)) throw failure('EEXIST', path);
      const file: SimFile = { bytes: Buffer.alloc(0), syncedLength: 0, named: false, before: undefined };
      state.files.set(path, file);
      return openSimFile(state, generation, path, file);
    },
    read: async (path, position, length) => {
      await step('read', path);
      return Buffer.from(fileAt(state, path).bytes.subarray(position, position + length));
    },
    replace: async (path, bytes) => {
      await step('replace', path);
      needFolder(path);
      const before = state.files.get(path)?.bytes ?? Buffer.alloc(0);
      state.files.set(path, { bytes: Buffer.from(bytes), syncedLength: bytes.length, named: true, before });
    },
    rename: async (from, to) => {
      await step('rename', from);
      state.files.set(to, fileAt(state, from));
      state.files.delete(from);
    },
    truncate: async (path, length) => {
      await step('truncate', path);
      const file = fileAt(state, path);
      file.bytes = Buffer.from(file.bytes.subarray(0, length));
      file.syncedLength = Math.min(file.syncedLength, length);
    },
    remove: async (path) => {
      await step('remove', path);
      state.files.delete(path);
    },
  };
}

function openSimFile(state: SimState, generation: number, path: string, file: SimFile): LogFile {
  return {
    append: async (parts) => {
      const bytes = Buffer.concat(parts);
      try {
        await begin(state, generation, 'append', path);
      } catch (error) {
        file.bytes = Buffer.concat([file.bytes, bytes.subarray(0, Math.floor(state.random() * bytes.length))]);
        throw error;
      }
      file.bytes = Buffer.concat([file.bytes, bytes]);
    },
    sync: async () => {
      await begin(state, generation, 'sync', path);
      state.syncs++;
      file.syncedLength = file.bytes.length;
      file.named = true;
    },
    close: async () => {},
  };
}
