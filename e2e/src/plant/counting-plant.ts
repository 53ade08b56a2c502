import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A tag that counts up by one with every step of its simulator, so that what is missing or double can be seen. */
export const COUNT_STEP_MS = 100;

const device = (tags: string, collectorClass: string): string => `apiVersion: kubeplant.io/v1alpha1
kind: CollectorClass
metadata: {name: ${collectorClass}}
spec: {}
---
apiVersion: kubeplant.io/v1alpha1
kind: Device
metadata: {name: counter}
spec:
  siteRef: {name: bench}
  collectorClassRef: {name: ${collectorClass}}
  connection:
    protocol: ModbusTcp
    modbusTcp: {host: 10.99.0.1, timeout: 500ms}
  defaults: {samplingInterval: ${COUNT_STEP_MS}ms, modbus: {register: Holding}}
  tags:
    count: {modbus: {address: 0, rawType: UInt32}}
${tags}`;

const SITE = `apiVersion: kubeplant.io/v1alpha1
kind: Site
metadata: {name: bench}
spec: {displayName: Bench, timezone: UTC, simulation: Allowed}
---
apiVersion: kubeplant.io/v1alpha1
kind: Simulation
metadata: {name: bench}
spec:
  siteRef: {name: bench}
  interval: ${COUNT_STEP_MS}ms
  devices:
    - deviceRef: {name: counter}
      signals:
        - {tag: count, expression: "previous + 1.0"}
`;

/** Files of a small plant; each function writes one. */
export function countingPlant(folder: string) {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'device.yaml');
  return {
    folder,
    writeSite: () => writeFileSync(join(folder, 'site.yaml'), SITE),
    /** The device with the tag `count` and these. */
    writeDevice: (tags: readonly string[] = [], collectorClass = 'default') =>
      writeFileSync(file, device(tags.map((name, index) => `    ${name}: {modbus: {address: ${10 + index}}}\n`).join(''), collectorClass)),
    writeText: (text: string) => writeFileSync(file, text),
    deviceFile: file,
  };
}
