import { createModbusServer, RegisterImage } from '@kubeplant/collector-modbus';

/**
 * Devices of the footprint bench in a process of their own: as many Modbus servers as the first argument says, each with as
 * many Float32 holding registers as the second, all new once a second. Tells its ports over IPC and leaves with its parent.
 */
const [devices = 1, values = 1] = process.argv.slice(2).map(Number);
const HOLDING = 3;
const images = Array.from({ length: devices }, () => new RegisterImage());

function change(): void {
  const seconds = Date.now() / 1000;
  for (const [device, image] of images.entries()) {
    const registers = Float32Array.from({ length: values }, (_, index) => Math.sin(seconds + device + index) * 100);
    const view = new DataView(registers.buffer);
    const swapped = Array.from({ length: values * 2 }, (_, at) => view.getUint16((at ^ 1) * 2, true));
    image.set(HOLDING, 0, swapped);
  }
}

change();
setInterval(change, 1000);
const servers = await Promise.all(
  images.map((image) => createModbusServer({ framing: 'Tcp', host: '127.0.0.1', port: 0, unit: () => image })),
);
process.send?.({ ports: servers.map(({ port }) => port) });
process.on('disconnect', () => process.exit(0));
