import { crc32c } from './crc32c.ts';
import type { FileSystem } from './file-system.ts';
import { type DecodedRecordHeader, decodeRecordHeader, FILE_HEADER_BYTES, findMarker, RECORD_HEADER_BYTES } from './record.ts';

/** What is found in a segment file, in order. */
export type SegmentItem =
  | { readonly kind: 'record'; readonly at: number; readonly header: DecodedRecordHeader; readonly payload: Buffer }
  /** Bytes that are no sound record. `header`: theirs, where it is sound; `atEnd`: nothing sound follows. */
  | {
      readonly kind: 'damaged';
      readonly at: number;
      readonly bytes: Buffer;
      readonly header: DecodedRecordHeader | undefined;
      readonly atEnd: boolean;
    };

/** What to read. */
export interface SegmentPart {
  readonly fs: Pick<FileSystem, 'read'>;
  readonly path: string;
  /** Offset of a record; without it the first. */
  readonly from?: number;
  /** The file counts up to here. */
  readonly until: number;
}

const CHUNK_BYTES = 256 * 1024;

/**
 * Read the records of a file one after the other, each checked. What is not sound is passed on as such, and reading goes on at
 * the next sound record. Memory: a chunk of 256 KiB and the largest record.
 */
export async function* readSegment(part: SegmentPart): AsyncGenerator<SegmentItem> {
  const window = createWindow(part);
  let at = part.from ?? FILE_HEADER_BYTES;
  while (at < part.until) {
    const item = await readItem(window, at, part.until);
    if (item.kind === 'damaged' && item.bytes.length === 0) return; // the file is shorter than it should be
    yield item;
    at = item.kind === 'record' ? at + RECORD_HEADER_BYTES + item.payload.length : at + item.bytes.length;
  }
}

async function readItem(window: FileWindow, at: number, until: number): Promise<SegmentItem> {
  const header = decodeRecordHeader(await window.get(at, RECORD_HEADER_BYTES), 0);
  if (header === undefined) return readDamaged(window, at, until, undefined);
  const end = at + RECORD_HEADER_BYTES + header.length;
  if (end > until) return readDamaged(window, at, until, header);
  const payload = await window.get(at + RECORD_HEADER_BYTES, header.length);
  if (payload.length === header.length && crc32c(payload) === header.sum) return { kind: 'record', at, header, payload };
  const bytes = await window.get(at, end - at);
  return { kind: 'damaged', at, bytes, header, atEnd: end >= until || bytes.length < end - at };
}

/** What lies before the next sound header, or the rest. */
async function readDamaged(window: FileWindow, at: number, until: number, header: DecodedRecordHeader | undefined): Promise<SegmentItem> {
  for (let from = at + 1; from < until; ) {
    const bytes = await window.get(from, Math.min(CHUNK_BYTES, until - from));
    if (bytes.length < RECORD_HEADER_BYTES) break;
    let found = findMarker(bytes, 0);
    while (found !== undefined) {
      const whole = await window.get(from + found, RECORD_HEADER_BYTES);
      if (decodeRecordHeader(whole, 0))
        return { kind: 'damaged', at, bytes: await window.get(at, from + found - at), header, atEnd: false };
      found = findMarker(bytes, found + 1);
    }
    from += bytes.length - 3; // a marker may lie across two chunks
  }
  return { kind: 'damaged', at, bytes: await window.get(at, until - at), header, atEnd: true };
}

interface FileWindow {
  /** Bytes of the file; fewer where it ends. They stay as they are. */
  get(at: number, length: number): Promise<Buffer>;
}

/** Reads ahead in chunks. */
function createWindow({ fs, path, until }: SegmentPart): FileWindow {
  let start = 0;
  let bytes: Buffer = Buffer.alloc(0);
  return {
    get: async (at, wanted) => {
      const length = Math.max(0, Math.min(wanted, until - at));
      if (at < start || at + length > start + bytes.length) {
        bytes = await fs.read(path, at, Math.min(Math.max(length, CHUNK_BYTES), until - at));
        start = at;
      }
      return bytes.subarray(at - start, at - start + length);
    },
  };
}
