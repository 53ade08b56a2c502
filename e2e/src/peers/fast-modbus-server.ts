import { createServer } from 'node:net';

/**
 * The other end of the Modbus bench where there is no Go: does what e2e/tools/fast-modbus-server does, at a higher cost. All
 * requests of a chunk are answered in one write. Prints its port and ends when its standard input ends.
 */
const REQUEST_BYTES = 12;
const HEADER_BYTES = 9;

const server = createServer({ noDelay: true }, (socket) => {
  let held = Buffer.alloc(0);
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    const responses: Buffer[] = [];
    for (; held.length >= REQUEST_BYTES; held = held.subarray(REQUEST_BYTES)) responses.push(toResponse(held));
    const [only] = responses;
    if (only !== undefined) socket.write(responses.length === 1 ? only : Buffer.concat(responses));
  });
});

function toResponse(request: Buffer): Buffer {
  const bytes = (request[11] ?? 0) * 2;
  const frame = Buffer.alloc(HEADER_BYTES + bytes, 7);
  request.copy(frame, 0, 0, 2);
  frame.writeUInt16BE(0, 2);
  frame.writeUInt16BE(3 + bytes, 4);
  frame[6] = request[6] ?? 0;
  frame[7] = 3;
  frame[8] = bytes;
  return frame;
}

server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`${typeof address === 'object' ? address?.port : 0}\n`);
});
process.stdin.on('end', () => process.exit(0)).resume();
