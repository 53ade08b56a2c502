/**
 * WebSocket clients of the fan-out bench in a process of their own: as many as the second argument says, to the port that is the
 * first. They shake hands and throw away what comes, so that the server is what is measured. Tells when all are there.
 */
import { once } from 'node:events';
import { connect } from 'node:net';

const [port = 0, clients = 0] = process.argv.slice(2).map(Number);
const handshake = (path: number): string =>
  [
    ...[`GET /${path} HTTP/1.1`, 'Host: localhost', 'Upgrade: websocket', 'Connection: Upgrade'],
    ...['Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==', '', ''],
  ].join('\r\n');

for (let client = 0; client < clients; client += 1) {
  const socket = connect({ port, host: '127.0.0.1', onread: { buffer: Buffer.alloc(65_536), callback: () => true } });
  await once(socket, 'connect');
  socket.write(handshake(client));
  socket.on('error', () => undefined);
}
process.on('disconnect', () => process.exit(0));
process.send?.('connected');
