import { createServer, type Socket } from 'node:net';

/**
 * The other end of the bench, in a process of its own: answers every read of holding registers over Modbus TCP with the same
 * registers at the least cost, so that the client is what is measured. A client here waits for each answer before it asks
 * again, so one frame per connection is used again and again. Tells its port over IPC and leaves with its parent.
 */
const REQUEST_BYTES = 12;
const HEADER_BYTES = 9;

const server = createServer({ noDelay: true }, (socket) => {
  const frame = Buffer.alloc(HEADER_BYTES + 250, 7);
  let held = Buffer.alloc(0);
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    if (held.length === 0 && chunk.length === REQUEST_BYTES) {
      answer(socket, frame, chunk);
      return;
    }
    held = Buffer.concat([held, chunk]);
    for (; held.length >= REQUEST_BYTES; held = held.subarray(REQUEST_BYTES)) answer(socket, frame, held);
  });
});

function answer(socket: Socket, frame: Buffer, request: Buffer): void {
  const bytes = (request[11] ?? 0) * 2;
  frame[0] = request[0] ?? 0;
  frame[1] = request[1] ?? 0;
  frame[2] = 0;
  frame[3] = 0;
  frame[4] = 0;
  frame[5] = 3 + bytes;
  frame[6] = request[6] ?? 0;
  frame[7] = 3;
  frame[8] = bytes;
  socket.write(frame.subarray(0, HEADER_BYTES + bytes));
}

server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.({ port: typeof address === 'object' ? address?.port : 0 });
});
process.on('disconnect', () => process.exit(0));
