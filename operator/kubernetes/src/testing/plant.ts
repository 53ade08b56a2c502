import { OURS } from './test-operator.ts';

/** A Site `north`. */
export const site = (spec: object = {}) => ({
  apiVersion: OURS,
  kind: 'Site',
  metadata: { name: 'north' },
  spec: { timezone: 'Europe/Berlin', ...spec },
});

/** A Modbus Device of site `north`. */
export const device = (
  name: string,
  spec: object = {},
  { host = '10.0.0.1', labels = {} }: { readonly host?: string; readonly labels?: object } = {},
) => ({
  apiVersion: OURS,
  kind: 'Device',
  metadata: { name, labels },
  spec: {
    siteRef: { name: 'north' },
    connection: { protocol: 'ModbusTcp', modbusTcp: { host } },
    tags: { level: { modbus: { address: 1 } } },
    ...spec,
  },
});

/** A Calculated Device of site `north`. */
export const calculated = (name: string, expression: string) => ({
  apiVersion: OURS,
  kind: 'Device',
  metadata: { name },
  spec: { siteRef: { name: 'north' }, connection: { protocol: 'Calculated' }, tags: { x: { expression } } },
});

/** An AlarmRule on every `level`. */
export const rule = (name: string, spec: object = {}) => ({
  apiVersion: OURS,
  kind: 'AlarmRule',
  metadata: { name },
  spec: {
    siteRef: { name: 'north' },
    selector: { devices: {}, tags: ['level'] },
    condition: { type: 'Limit', limit: { high: { value: 80 } } },
    ...spec,
  },
});
