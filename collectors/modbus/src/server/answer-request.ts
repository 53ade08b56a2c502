import { ExceptionCode } from '../codec/function-code.ts';
import { decodeRequest, type Request } from '../codec/request-pdu.ts';
import type { Response } from '../codec/response-pdu.ts';
import type { RegisterImage, Table } from './register-image.ts';

/** Answer the request PDU in `bytes[start, end)` from an image, as a server does by the state diagrams of §6. */
export function answerRequest(image: RegisterImage, bytes: Uint8Array, start: number, end: number): Response {
  const decoded = decodeRequest(bytes, start, end);
  if (decoded.kind === 'malformed') return { kind: 'exception', function: decoded.function, code: decoded.exception };
  return answer(image, decoded.request);
}

function answer(image: RegisterImage, request: Request): Response {
  switch (request.function) {
    case 5:
      return write(image, request.function, 1, request.address, [request.value ? 1 : 0], request.value ? 0xff00 : 0);
    case 6:
      return write(image, request.function, 3, request.address, [request.value], request.value);
    case 15:
      return write(image, request.function, 1, request.start, request.values.map(Number), request.values.length);
    case 16:
      return write(image, request.function, 3, request.start, request.values, request.values.length);
    default: {
      const data = image.read(request.function, request.start, request.count);
      if (data === undefined) return { kind: 'exception', function: request.function, code: ExceptionCode.IllegalDataAddress };
      return { kind: 'data', function: request.function, data };
    }
  }
}

function write(
  image: RegisterImage,
  code: 5 | 6 | 15 | 16,
  table: Table,
  start: number,
  values: readonly number[],
  echo: number,
): Response {
  if (image.get(table, start, values.length) === undefined)
    return { kind: 'exception', function: code, code: ExceptionCode.IllegalDataAddress };
  image.set(table, start, values);
  return { kind: 'written', function: code, address: start, value: echo };
}
