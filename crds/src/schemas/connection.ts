import { duration, host } from './fields.ts';
import type { StructuralSchema } from './structural.ts';

const port = { type: 'integer', format: 'int32', description: 'TCP port.', minimum: 1, maximum: 65535, default: 502 } as const;
const whole = (description: string, minimum: number, maximum: number, builtIn: number) =>
  ({ type: 'integer', format: 'int32', description, minimum, maximum, 'x-kubeplant-default': String(builtIn) }) as const;

/** `connection.modbusTcp`. */
const modbusTcp = {
  type: 'object',
  description:
    'How to reach a Modbus device over TCP. Devices with the same host, port, framing and standby share one connection; where they disagree about its settings, the stricter value holds and the finding ChannelConflict names them.',
  required: ['host'],
  properties: {
    host: { ...host('Address or name of the device or gateway, without port.'), 'x-kubeplant-example': '10.20.0.11' },
    port,
    unitId: {
      type: 'integer',
      format: 'int32',
      description: 'Unit (slave) address behind the endpoint. 255 and 0 are common for devices that ignore it.',
      minimum: 0,
      maximum: 255,
      default: 1,
    },
    framing: {
      type: 'string',
      description: 'Tcp: Modbus TCP with MBAP header. RtuOverTcp: serial frames with CRC through a transparent gateway.',
      enum: ['Tcp', 'RtuOverTcp'],
      default: 'Tcp',
    },
    timeout: duration('How long to wait for a reply.', { min: '10ms', max: '60s', builtIn: '2s' }),
    connectDelay: duration('Pause after connecting, before the first request.', { max: '60s', builtIn: '0s' }),
    interRequestDelay: duration('Pause between a reply and the next request.', { max: '60s', builtIn: '0s' }),
    maxInFlight: whole(
      'Requests sent without waiting for the reply. More than 1 only with framing Tcp, and only if the device can do it.',
      1,
      16,
      1,
    ),
    retries: whole('How often a request without reply is repeated before its tags become Bad.', 0, 10, 2),
    maxRegistersPerRead: whole('Most registers of one request; some devices take fewer than the standard’s 125.', 1, 125, 125),
    maxBitsPerRead: whole('Most coils or discrete inputs of one request.', 1, 2000, 2000),
    mergeGap: whole(
      'Tags this many registers apart (sixteen times as many bits) are still read in one request; 0 merges only neighbours.',
      0,
      125,
      8,
    ),
    standby: {
      type: 'object',
      description: 'Second endpoint of the same device, used while the first does not answer.',
      required: ['host'],
      properties: { host: host('Address or name, without port.'), port },
    },
  },
  'x-kubernetes-validations': [
    {
      rule: "!has(self.maxInFlight) || self.maxInFlight == 1 || !has(self.framing) || self.framing == 'Tcp'",
      message: 'RtuOverTcp frames carry no transaction id: maxInFlight must be 1',
      fieldPath: '.maxInFlight',
    },
    {
      rule: '!has(self.standby) || self.standby.host != self.host || self.standby.port != self.port',
      message: 'standby must be another endpoint than host and port',
      fieldPath: '.standby',
    },
  ],
} as const satisfies StructuralSchema;

/** `Device.spec.connection`. */
export const connection = {
  type: 'object',
  description: 'How the values are come by. protocol says which block holds the details; it cannot be changed.',
  required: ['protocol'],
  properties: {
    protocol: {
      type: 'string',
      description:
        'ModbusTcp: read from a Modbus device (block modbusTcp). Calculated: computed from other tags of the site by the expressions of the tags.',
      enum: ['ModbusTcp', 'Calculated'],
      'x-kubernetes-validations': [
        { rule: 'self == oldSelf', message: 'protocol cannot be changed; delete the Device and create it anew' },
      ],
    },
    modbusTcp,
    calculated: { type: 'object', description: 'Block of protocol Calculated; it has no settings and may be left out.', maxProperties: 0 },
  },
  'x-kubernetes-validations': [
    {
      rule: "has(self.modbusTcp) == (self.protocol == 'ModbusTcp')",
      message: 'modbusTcp is required with protocol ModbusTcp, and forbidden with any other',
      fieldPath: '.modbusTcp',
    },
    {
      rule: "!has(self.calculated) || self.protocol == 'Calculated'",
      message: 'calculated goes with protocol Calculated only',
      fieldPath: '.calculated',
    },
  ],
} as const satisfies StructuralSchema;
