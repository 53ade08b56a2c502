import { EXCEPTION_BIT, exceptionName, readDataBytes, type ReadFunction } from './function-code.ts';
import type { Request } from './request-pdu.ts';

/** A response of MODBUS Application Protocol V1.1b3 §6, or an exception of §7. `data` is as on the wire: packed bits or big-endian registers. */
export type Response =
  | { readonly kind: 'data'; readonly function: ReadFunction; readonly data: Uint8Array }
  | { readonly kind: 'written'; readonly function: 5 | 6 | 15 | 16; readonly address: number; readonly value: number }
  | { readonly kind: 'exception'; readonly function: number; readonly code: number };

/** Outcome of decoding a response against the request it answers. `data` points into the bytes given: use it at once. */
export type ResponseDecoded = Response | { readonly kind: 'malformed'; readonly reason: string };

/** Encode a response as a PDU. */
export function encodeResponse(response: Response): Uint8Array {
  if (response.kind === 'exception') return Uint8Array.of(response.function | EXCEPTION_BIT, response.code);
  if (response.kind === 'written') {
    const { address, value } = response;
    return Uint8Array.of(response.function, address >> 8, address & 0xff, value >> 8, value & 0xff);
  }
  const pdu = new Uint8Array(2 + response.data.length);
  pdu[0] = response.function;
  pdu[1] = response.data.length;
  pdu.set(response.data, 2);
  return pdu;
}

/**
 * Decode the PDU in `bytes[start, end)` as the answer to `request`: function, byte count and length must be exactly those
 * asked for, an exception code one of §7; anything else is malformed and never becomes a value.
 */
export function decodeResponse(request: Request, bytes: Uint8Array, start: number, end: number): ResponseDecoded {
  const code = bytes[start];
  if (code === (request.function | EXCEPTION_BIT)) return decodeException(request.function, bytes, start, end);
  if (code !== request.function) return { kind: 'malformed', reason: 'WrongFunction' };
  switch (request.function) {
    case 5:
    case 6:
      return decodeWritten(
        request.function,
        request.address,
        request.function === 5 ? (request.value ? 0xff00 : 0) : request.value,
        bytes,
        start,
        end,
      );
    case 15:
    case 16:
      return decodeWritten(request.function, request.start, request.values.length, bytes, start, end);
    default: {
      const dataBytes = readDataBytes(request.function, request.count);
      if (bytes[start + 1] !== dataBytes || end - start !== 2 + dataBytes) return { kind: 'malformed', reason: 'WrongLength' };
      return { kind: 'data', function: request.function, data: bytes.subarray(start + 2, end) };
    }
  }
}

function decodeException(asked: number, bytes: Uint8Array, start: number, end: number): ResponseDecoded {
  if (end - start !== 2) return { kind: 'malformed', reason: 'WrongLength' };
  const code = bytes[start + 1] ?? 0;
  if (exceptionName(code) === undefined) return { kind: 'malformed', reason: 'UnknownException' };
  return { kind: 'exception', function: asked, code };
}

/** Writes are echoed (§6.5, §6.6) or answered with address and quantity (§6.11, §6.12); another echo is not ours. */
function decodeWritten(
  code: 5 | 6 | 15 | 16,
  address: number,
  value: number,
  bytes: Uint8Array,
  start: number,
  end: number,
): ResponseDecoded {
  if (end - start !== 5) return { kind: 'malformed', reason: 'WrongLength' };
  const sameAddress = (((bytes[start + 1] ?? 0) << 8) | (bytes[start + 2] ?? 0)) === address;
  const sameValue = (((bytes[start + 3] ?? 0) << 8) | (bytes[start + 4] ?? 0)) === value;
  if (!sameAddress || !sameValue) return { kind: 'malformed', reason: 'WrongEcho' };
  return { kind: 'written', function: code, address, value };
}
