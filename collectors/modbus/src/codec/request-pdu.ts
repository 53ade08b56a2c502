import { LIMITS, type ReadFunction } from './function-code.ts';

/** A read of coils, discrete inputs or registers (§6.1 to §6.4). Addresses are those on the wire: 0…65535. */
export interface ReadRequest {
  readonly function: ReadFunction;
  readonly start: number;
  readonly count: number;
}

/** Bytes of a read request's PDU. */
export const READ_REQUEST_BYTES = 5;

/** A request of MODBUS Application Protocol V1.1b3 §6.1 to §6.6, §6.11 and §6.12. Addresses are those on the wire: 0…65535. */
export type Request =
  | ReadRequest
  | { readonly function: 5; readonly address: number; readonly value: boolean }
  | { readonly function: 6; readonly address: number; readonly value: number }
  | { readonly function: 15; readonly start: number; readonly values: readonly boolean[] }
  | { readonly function: 16; readonly start: number; readonly values: readonly number[] };

/** Outcome of decoding a request. `exception` is the code a server answers with, by the state diagrams of §6. */
export type RequestDecoded =
  | { readonly kind: 'request'; readonly request: Request }
  | { readonly kind: 'malformed'; readonly reason: string; readonly function: number; readonly exception: number };

const ON = 0xff00;

/** Encode a request as a PDU. Counts beyond the limits of the standard are a bug of the caller and throw. */
export function encodeRequest(request: Request): Uint8Array {
  switch (request.function) {
    case 5:
      return words(request.function, request.address, request.value ? ON : 0);
    case 6:
      return words(request.function, request.address, request.value);
    case 15: {
      assertCount(request.values.length, LIMITS.writeBits);
      const data = new Uint8Array((request.values.length + 7) >> 3);
      request.values.forEach((value, i) => {
        if (value) data[i >> 3] = (data[i >> 3] ?? 0) | (1 << (i & 7));
      });
      return withData(words(request.function, request.start, request.values.length), data);
    }
    case 16: {
      assertCount(request.values.length, LIMITS.writeRegisters);
      const data = new Uint8Array(request.values.length * 2);
      request.values.forEach((value, i) => {
        data[i * 2] = value >> 8;
        data[i * 2 + 1] = value & 0xff;
      });
      return withData(words(request.function, request.start, request.values.length), data);
    }
    default: {
      const pdu = new Uint8Array(READ_REQUEST_BYTES);
      putRead(pdu, 0, request);
      return pdu;
    }
  }
}

/** Put the PDU of a read into `bytes` from `at` on. */
export function putRead(bytes: Uint8Array, at: number, request: ReadRequest): void {
  assertCount(request.count, request.function <= 2 ? LIMITS.readBits : LIMITS.readRegisters);
  bytes[at] = request.function;
  putWord(bytes, at + 1, request.start);
  putWord(bytes, at + 3, request.count);
}

/** Decode the PDU in `bytes[start, end)`. Checks function, length, counts and coil values, as a server must before it answers. */
export function decodeRequest(bytes: Uint8Array, start: number, end: number): RequestDecoded {
  const code = bytes[start] ?? 0;
  const malformed = (reason: string, exception: number): RequestDecoded => ({ kind: 'malformed', reason, function: code, exception });
  if (![1, 2, 3, 4, 5, 6, 15, 16].includes(code)) return malformed('UnknownFunction', 1);
  if (end - start < 5 || (code < 15 && end - start !== 5)) return malformed('WrongLength', 3);
  const address = word(bytes, start + 1);
  const value = word(bytes, start + 3);
  if (code <= 4) {
    if (value < 1 || value > (code <= 2 ? LIMITS.readBits : LIMITS.readRegisters)) return malformed('WrongCount', 3);
    return { kind: 'request', request: { function: code as ReadFunction, start: address, count: value } }; // 1…4, checked above
  }
  if (code === 5) {
    if (value !== 0 && value !== ON) return malformed('WrongCoilValue', 3);
    return { kind: 'request', request: { function: 5, address, value: value === ON } };
  }
  if (code === 6) return { kind: 'request', request: { function: 6, address, value } };
  const dataBytes = code === 15 ? (value + 7) >> 3 : value * 2;
  if (value < 1 || value > (code === 15 ? LIMITS.writeBits : LIMITS.writeRegisters)) return malformed('WrongCount', 3);
  if (bytes[start + 5] !== dataBytes || end - start !== 6 + dataBytes) return malformed('WrongLength', 3);
  const data = start + 6;
  if (code === 15) {
    const values = Array.from({ length: value }, (_, i) => (((bytes[data + (i >> 3)] ?? 0) >> (i & 7)) & 1) === 1);
    return { kind: 'request', request: { function: 15, start: address, values } };
  }
  return {
    kind: 'request',
    request: { function: 16, start: address, values: Array.from({ length: value }, (_, i) => word(bytes, data + i * 2)) },
  };
}

const word = (bytes: Uint8Array, at: number): number => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);

/** `Uint8Array.of` is many times slower. */
function words(code: number, first: number, second: number): Uint8Array {
  const pdu = new Uint8Array(5);
  pdu[0] = code;
  putWord(pdu, 1, first);
  putWord(pdu, 3, second);
  return pdu;
}

function putWord(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >> 8;
  bytes[at + 1] = value & 0xff;
}

function withData(head: Uint8Array, data: Uint8Array): Uint8Array {
  const pdu = new Uint8Array(head.length + 1 + data.length);
  pdu.set(head);
  pdu[head.length] = data.length;
  pdu.set(data, head.length + 1);
  return pdu;
}

function assertCount(count: number, limit: number): void {
  if (!Number.isInteger(count) || count < 1 || count > limit) throw new RangeError(`count ${count} is outside 1…${limit}`);
}
