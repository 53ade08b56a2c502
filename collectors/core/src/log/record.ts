import { crc32c } from './crc32c.ts';

/** Version of the format that this code writes and reads. */
export const FORMAT_VERSION = 1;
/** Bytes before the first record of a file. */
export const FILE_HEADER_BYTES = 64;
/** Bytes before what a record carries. */
export const RECORD_HEADER_BYTES = 48;
/** A record carries at most this much: four times the largest block that is ever cut. */
export const MAX_PAYLOAD_BYTES = 32 << 20;

const MAGIC = Buffer.from('KPSEGLOG', 'latin1');
const MAX_RUN_BYTES = 32;
/** `KPB1`: where a record may begin. */
const MARKER = 0x3142504b;
const KINDS = ['run', 'block'] as const;
const HAS_LOST = 1;

/** What a file is: blocks of one run. */
export interface FileHeader {
  readonly run: string;
  /** `seq` of the block that it was begun for. */
  readonly firstSeq: number;
  /** Earliest time in it, microseconds since 1970. */
  readonly fromUs: number;
}

/** What a file header says, or why it cannot be read. */
export type DecodedFileHeader =
  | ({ readonly kind: 'header' } & FileHeader)
  | { readonly kind: 'malformed' | 'unknownVersion'; readonly reason: string };

/** What a record is. */
export interface RecordHeader {
  readonly kind: 'run' | 'block';
  /** Block: its number. Run: entries of the run's dictionary before those it carries. */
  readonly seq: number;
  /** Block: readings. Run: entries it carries. */
  readonly count: number;
  /** Block: span of its readings and observed spans, microseconds since 1970. Run: 0. */
  readonly fromUs: number;
  readonly untilUs: number;
  /** The block tells of something that was lost. */
  readonly hasLost: boolean;
}

/** A record header as it was read. */
export interface DecodedRecordHeader extends RecordHeader {
  readonly length: number;
  readonly sum: number;
}

/** The beginning of a file. `run` has at most 32 characters. */
export function encodeFileHeader({ run, firstSeq, fromUs }: FileHeader): Buffer {
  const header = Buffer.alloc(FILE_HEADER_BYTES);
  MAGIC.copy(header);
  header.writeUInt32LE(FORMAT_VERSION, 8);
  header.write(run, 12, MAX_RUN_BYTES, 'latin1');
  header.writeUIntLE(firstSeq, 44, 6);
  header.writeDoubleLE(fromUs, 52);
  header.writeUInt32LE(crc32c(header.subarray(0, 60)), 60);
  return header;
}

/** Read the beginning of a file. */
export function decodeFileHeader(bytes: Buffer): DecodedFileHeader {
  if (bytes.length < FILE_HEADER_BYTES || !bytes.subarray(0, 8).equals(MAGIC))
    return { kind: 'malformed', reason: 'it is no segment file' };
  const version = bytes.readUInt32LE(8);
  if (bytes.readUInt32LE(60) !== crc32c(bytes.subarray(0, 60))) return { kind: 'malformed', reason: 'its header is damaged' };
  if (version !== FORMAT_VERSION)
    return { kind: 'unknownVersion', reason: `it has format version ${version}, this collector reads ${FORMAT_VERSION}` };
  const run = bytes.toString('latin1', 12, 12 + MAX_RUN_BYTES).replace(/\0+$/, '');
  return { kind: 'header', run, firstSeq: bytes.readUIntLE(44, 6), fromUs: bytes.readDoubleLE(52) };
}

/** The header that goes before `payload`. */
export function encodeRecordHeader(record: RecordHeader, payload: Uint8Array): Buffer {
  const header = Buffer.alloc(RECORD_HEADER_BYTES);
  header.writeUInt32LE(MARKER, 0);
  header.writeUInt8(KINDS.indexOf(record.kind) + 1, 4);
  header.writeUInt8(record.hasLost ? HAS_LOST : 0, 5);
  header.writeUInt32LE(payload.length, 8);
  header.writeUInt32LE(crc32c(payload), 12);
  header.writeUInt32LE(record.count, 16);
  header.writeUIntLE(record.seq, 20, 6);
  header.writeDoubleLE(record.fromUs, 28);
  header.writeDoubleLE(record.untilUs, 36);
  header.writeUInt32LE(crc32c(header.subarray(0, 44)), 44);
  return header;
}

/** The record header at `at`; undefined when there is none, or not a sound one. */
export function decodeRecordHeader(bytes: Buffer, at: number): DecodedRecordHeader | undefined {
  if (at + RECORD_HEADER_BYTES > bytes.length || bytes.readUInt32LE(at) !== MARKER) return undefined;
  if (bytes.readUInt32LE(at + 44) !== crc32c(bytes.subarray(at, at + 44))) return undefined;
  const kind = KINDS[bytes.readUInt8(at + 4) - 1];
  const length = bytes.readUInt32LE(at + 8);
  if (kind === undefined || length > MAX_PAYLOAD_BYTES) return undefined;
  return {
    kind,
    seq: bytes.readUIntLE(at + 20, 6),
    count: bytes.readUInt32LE(at + 16),
    fromUs: bytes.readDoubleLE(at + 28),
    untilUs: bytes.readDoubleLE(at + 36),
    hasLost: (bytes.readUInt8(at + 5) & HAS_LOST) !== 0,
    length,
    sum: bytes.readUInt32LE(at + 12),
  };
}

/** Where the next record may begin, from `at` on; undefined: nowhere in these bytes. */
export function findMarker(bytes: Buffer, at: number): number | undefined {
  const found = bytes.indexOf('KPB1', at, 'latin1');
  return found < 0 ? undefined : found;
}
