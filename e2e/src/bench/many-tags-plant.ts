import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Write the YAML of a plant with so many Float32 tags at 1 s, and run its devices. */
export async function startManyTags(folder: string, devices: number, tags: number): Promise<ChildProcess> {
  const child = fork(new URL('./changing-registers.ts', import.meta.url), [String(devices), String(tags)]);
  const [{ ports }] = (await once(child, 'message')) as [{ ports: readonly number[] }]; // what changing-registers.ts sends
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'site.yaml'), [SITE, profile(tags)].join('---\n'));
  writeFileSync(join(folder, 'devices.yaml'), ports.map(device).join('---\n'));
  return child;
}

const head = (kind: string, name: string): string => `apiVersion: kubeplant.io/v1alpha1\nkind: ${kind}\nmetadata: {name: ${name}}\n`;

const SITE = `${head('Site', 'bench')}spec: {displayName: Bench, timezone: UTC}\n`;

function profile(tags: number): string {
  const lines = Array.from({ length: tags }, (_, index) => `    value-${index}: {modbus: {address: ${index * 2}, rawType: Float32}}\n`);
  const defaults = '  defaults: {samplingInterval: 1s, modbus: {register: Holding}}\n';
  return `${head('DeviceProfile', 'values')}spec:\n${defaults}  tags:\n${lines.join('')}`;
}

const device = (port: number, index: number): string => `${head('Device', `device-${index}`)}spec:
  siteRef: {name: bench}
  profileRef: {name: values}
  connection:
    protocol: ModbusTcp
    modbusTcp: {host: 127.0.0.1, port: ${port}, timeout: 1s}
`;
