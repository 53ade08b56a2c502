import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeAdu, encodeReadAdu } from './adu.ts';
import { AduStream } from './adu-stream.ts';
import { crc16 } from './crc16.ts';
import { type Direction, type Framing, MAX_ADU_BYTES } from './framing.ts';
import { decodeRequest, encodeRequest, type ReadRequest, type Request } from './request-pdu.ts';
import { decodeResponse, encodeResponse, type Response } from './response-pdu.ts';
import vectors from './vectors/adu.json' with { type: 'json' };
import malformedVectors from './vectors/malformed.json' with { type: 'json' };

interface Found {
  readonly transactionId: number;
  readonly unitId: number;
  readonly pdu: Uint8Array;
}

/** Run chunks through a stream; what came out. */
function run(framing: Framing, direction: Direction, chunks: readonly Uint8Array[]): { frames: Found[]; reasons: string[]; held: number } {
  const frames: Found[] = [];
  const reasons: string[] = [];
  const stream = new AduStream(framing, direction, {
    frame: ({ transactionId, unitId, pduStart, pduEnd }, bytes) =>
      frames.push({ transactionId, unitId, pdu: bytes.slice(pduStart, pduEnd) }) > 0,
    malformed: (reason) => reasons.push(reason),
  });
  for (const chunk of chunks) {
    stream.receive(chunk);
    expect(stream.heldBytes).toBeLessThanOrEqual(MAX_ADU_BYTES);
  }
  return { frames, reasons, held: stream.heldBytes };
}

// JSON types widen the literals; the vectors are checked by decoding them.
const cases = vectors.map((vector) => ({
  ...vector,
  framing: vector.framing as Framing,
  direction: vector.direction as Direction,
  bytes: Uint8Array.from(Buffer.from(vector.hex, 'hex')),
  request: vector.request as unknown as Request | undefined,
}));

const isRead = ({ direction, value }: (typeof cases)[number]): boolean =>
  direction === 'request' && 'function' in value && Number(value.function) <= 4;

const asResponse = (value: { data?: string }): Response =>
  ({ ...value, ...(value.data === undefined ? {} : { data: Uint8Array.from(Buffer.from(value.data, 'hex')) }) }) as Response;

function decodePdu(vector: (typeof cases)[number], pdu: Uint8Array): unknown {
  if (vector.direction === 'request') {
    const decoded = decodeRequest(pdu, 0, pdu.length);
    return decoded.kind === 'request' ? decoded.request : decoded;
  }
  const response = decodeResponse(vector.request!, pdu, 0, pdu.length);
  return response.kind === 'data' ? { ...response, data: Buffer.from(response.data).toString('hex') } : response;
}

describe.each(cases)('$name', (vector) => {
  it('decodes to the documented value', () => {
    const { frames, reasons } = run(vector.framing, vector.direction, [vector.bytes]);
    expect(reasons).toEqual([]);
    expect(frames).toHaveLength(1);
    expect(frames[0]).toMatchObject({ transactionId: vector.transactionId, unitId: vector.unitId });
    expect(decodePdu(vector, frames[0]!.pdu)).toEqual(vector.value);
  });

  it('is encoded from the value byte by byte', () => {
    const pdu =
      vector.direction === 'request'
        ? encodeRequest(vector.value as unknown as Request)
        : encodeResponse(asResponse(vector.value as { data?: string }));
    expect(Buffer.from(encodeAdu(vector.framing, vector.transactionId, vector.unitId, pdu)).toString('hex')).toBe(vector.hex.toLowerCase());
  });

  it('gives the same frames split at every byte and repeated', () => {
    const twice = Uint8Array.from([...vector.bytes, ...vector.bytes]);
    for (let at = 1; at < twice.length; at++) {
      const { frames, reasons, held } = run(vector.framing, vector.direction, [twice.subarray(0, at), twice.subarray(at)]);
      expect(reasons).toEqual([]);
      expect(frames).toHaveLength(2);
      expect(frames[1]?.pdu).toEqual(frames[0]?.pdu);
      expect(held).toBe(0);
    }
    expect(
      run(
        vector.framing,
        vector.direction,
        Array.from(twice, (byte) => Uint8Array.of(byte)),
      ).frames,
    ).toHaveLength(2);
  });
});

it.each(cases.filter(isRead))('$name is encoded the same in one piece with its frame', (vector) => {
  // A vector of a read request: its value is the request.
  const frame = encodeReadAdu(vector.framing, vector.transactionId, vector.unitId, vector.value as unknown as ReadRequest);
  expect(Buffer.from(frame).toString('hex')).toBe(vector.hex.toLowerCase());
});

describe.each(malformedVectors)('malformed: $name', (vector) => {
  const bytes = Uint8Array.from(Buffer.from(vector.hex, 'hex'));

  it(`ends as ${vector.reason}, whole and byte by byte`, () => {
    const framing = vector.framing as Framing;
    const direction = vector.direction as Direction;
    expect(run(framing, direction, [bytes]).reasons).toEqual([vector.reason]);
    const slowly = run(
      framing,
      direction,
      Array.from(bytes, (byte) => Uint8Array.of(byte)),
    );
    expect(slowly.reasons[0]).toBe(vector.reason);
    expect(slowly.frames).toEqual([]);
  });
});

describe('any bytes', () => {
  it('end in frames, a wait for more, or malformed, within bounded memory', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('Tcp', 'RtuOverTcp'),
        fc.constantFrom('request', 'response'),
        fc.array(fc.uint8Array({ maxLength: 600 }), { maxLength: 8 }),
        (framing, direction, chunks) => {
          run(framing as Framing, direction as Direction, chunks);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('of a PDU never throw in a decoder', () => {
    const request: Request = { function: 3, start: 0, count: 4 };
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 260 }), (bytes) => {
        expect(['request', 'malformed']).toContain(decodeRequest(bytes, 0, bytes.length).kind);
        expect(['data', 'exception', 'malformed']).toContain(decodeResponse(request, bytes, 0, bytes.length).kind);
      }),
      { numRuns: 2000 },
    );
  });

  it('in one bit of a good RTU frame are noticed', () => {
    for (const vector of cases.filter(({ framing }) => framing === 'RtuOverTcp')) {
      for (let bit = 0; bit < vector.bytes.length * 8; bit++) {
        const broken = vector.bytes.slice();
        broken[bit >> 3] = (broken[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(run('RtuOverTcp', vector.direction, [broken]).frames).toEqual([]);
      }
    }
  });
});

describe('limits', () => {
  it('refuses to encode more than a request may ask for', () => {
    expect(() => encodeRequest({ function: 3, start: 0, count: 126 })).toThrow('count 126 is outside 1…125');
    expect(() => encodeRequest({ function: 1, start: 0, count: 2001 })).toThrow('count 2001 is outside 1…2000');
    expect(() => encodeRequest({ function: 16, start: 0, values: [] })).toThrow('count 0 is outside 1…123');
  });

  it('computes the CRC of the check string 123456789', () => {
    const bytes = Buffer.from('123456789');
    expect(crc16(bytes, 0, bytes.length)).toBe(0x4b37);
  });
});
