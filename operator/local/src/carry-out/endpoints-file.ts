import { readFile } from 'node:fs/promises';
import type { SimulatorEndpoints } from '@kubeplant/plan';
import { writeIfChanged } from '../write-atomically.ts';

/** Where the simulators listened when the plant last ran; they try to listen there again. */
export async function loadEndpoints(path: string): Promise<SimulatorEndpoints> {
  const text = await readFile(path, 'utf8').catch(() => '{}');
  try {
    const value: unknown = JSON.parse(text);
    return isEndpoints(value) ? value : {};
  } catch {
    return {};
  }
}

export const saveEndpoints = (path: string, endpoints: SimulatorEndpoints): Promise<void> =>
  writeIfChanged(path, JSON.stringify(endpoints));

/** True for what a simulator reports: `<namespace>/<channel key>` → host and port. */
export const isEndpoints = (value: unknown): value is SimulatorEndpoints =>
  typeof value === 'object' &&
  value !== null &&
  Object.values(value).every((endpoint: unknown) => {
    const { host, port } = (endpoint ?? {}) as { host?: unknown; port?: unknown };
    return typeof host === 'string' && Number.isInteger(port);
  });
