import { alarmRuleSpec } from './alarm-rule.ts';
import { collectorClassSpec } from './collector-class.ts';
import { deviceProfileSpec } from './device-profile.ts';
import { deviceSpec } from './device.ts';
import { simulationSpec } from './simulation.ts';
import { siteSpec } from './site.ts';
import { alarmRuleStatus, deviceStatus, plainStatus, siteStatus } from './status.ts';
import type { StructuralSchema } from './structural.ts';

/** API group of all kinds. */
export const API_GROUP = 'kubeplant.io';
/** `apiVersion` of all kinds. */
export const API_VERSION = 'kubeplant.io/v1alpha1';

/** A column of `kubectl get`. */
export interface PrinterColumn {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'date';
  readonly jsonPath: string;
  readonly description: string;
  /** 1: only with `-o wide`. */
  readonly priority?: 1;
}

/** All that makes a kind, apart from samples. */
export interface KindDefinition {
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly scope: 'Namespaced' | 'Cluster';
  /** Longest `metadata.name`. */
  readonly maxNameLength: 30 | 63;
  readonly description: string;
  readonly columns: readonly PrinterColumn[];
  /** JSON paths usable in field selectors. */
  readonly selectableFields: readonly string[];
  readonly spec: StructuralSchema;
  readonly status: StructuralSchema;
}

const conditionColumn = (name: string, type: string, description: string): PrinterColumn => ({
  name,
  type: 'string',
  jsonPath: `.status.conditions[?(@.type=="${type}")].status`,
  description,
});
const ready = conditionColumn('Ready', 'Ready', 'Whether what is declared is applied.');
const age: PrinterColumn = {
  name: 'Age',
  type: 'date',
  jsonPath: '.metadata.creationTimestamp',
  description: 'When the resource was created.',
};
const site: PrinterColumn = { name: 'Site', type: 'string', jsonPath: '.spec.siteRef.name', description: 'Site the resource belongs to.' };
const column = (name: string, jsonPath: string, description: string): PrinterColumn => ({ name, type: 'string', jsonPath, description });
const countColumn = (name: string, jsonPath: string, description: string): PrinterColumn => ({
  name,
  type: 'integer',
  jsonPath,
  description,
});

/** All kinds, in the order they are best read and applied. */
export const KINDS = {
  Site: {
    kind: 'Site',
    plural: 'sites',
    singular: 'site',
    shortNames: ['site'],
    scope: 'Namespaced',
    maxNameLength: 30,
    description:
      'A Site is a plant or a part of one that is run as a whole: its time zone, its areas, and all Devices, AlarmRules and Simulations that name it.',
    columns: [
      column('Display name', '.spec.displayName', 'Name shown to people.'),
      ready,
      countColumn('Devices', '.status.devices.declared', 'Devices that name the site.'),
      countColumn('Connected', '.status.devices.connected', 'Devices whose connection is up.'),
      age,
    ],
    selectableFields: [],
    spec: siteSpec,
    status: siteStatus,
  },
  CollectorClass: {
    kind: 'CollectorClass',
    plural: 'collectorclasses',
    singular: 'collectorclass',
    shortNames: ['cclass'],
    scope: 'Cluster',
    maxNameLength: 30,
    description:
      'A CollectorClass says how collectors run: image, size, placement, network. It is the platform team’s. Devices that name none use the one called default; without it a built-in one.',
    columns: [column('Protocols', '.spec.protocols', 'Protocols the class is for.'), ready, age],
    selectableFields: [],
    spec: collectorClassSpec,
    status: plainStatus,
  },
  DeviceProfile: {
    kind: 'DeviceProfile',
    plural: 'deviceprofiles',
    singular: 'deviceprofile',
    shortNames: ['dprof'],
    scope: 'Namespaced',
    maxNameLength: 63,
    description: 'A DeviceProfile is the reusable register map of a type of device. Devices name it by profileRef and give its parameters.',
    columns: [
      column('Manufacturer', '.spec.manufacturer', 'Who makes the device.'),
      column('Model', '.spec.model', 'Model of the device.'),
      ready,
      age,
    ],
    selectableFields: [],
    spec: deviceProfileSpec,
    status: plainStatus,
  },
  Device: {
    kind: 'Device',
    plural: 'devices',
    singular: 'device',
    shortNames: ['dev'],
    scope: 'Namespaced',
    maxNameLength: 63,
    description: 'A Device is a thing with values: how it is reached and which tags it has.',
    columns: [
      site,
      column('Protocol', '.spec.connection.protocol', 'How the values are come by.'),
      ready,
      conditionColumn('Connected', 'Connected', 'Whether the connection is up.'),
      conditionColumn('Data', 'DataFlowing', 'Whether readings arrive.'),
      countColumn('Tags', '.status.tags', 'Tags after the merge with the profile.'),
      { ...countColumn('Bad', '.status.badTags', 'Tags whose quality is Bad.'), priority: 1 },
      { ...column('Collector', '.status.collector', 'Collector that holds the device.'), priority: 1 },
      age,
    ],
    selectableFields: ['.spec.siteRef.name', '.spec.connection.protocol'],
    spec: deviceSpec,
    status: deviceStatus,
  },
  AlarmRule: {
    kind: 'AlarmRule',
    plural: 'alarmrules',
    singular: 'alarmrule',
    shortNames: ['alr'],
    scope: 'Namespaced',
    maxNameLength: 63,
    description: 'An AlarmRule says when tags are in alarm (ISA-18.2): the condition, the priority, and what an operator should know.',
    columns: [
      site,
      column('Type', '.spec.condition.type', 'Type of the condition.'),
      column('Priority', '.spec.priority', 'Priority of alarms that do not say otherwise.'),
      countColumn('Watched', '.status.watched', 'Tags the rule watches.'),
      ready,
      age,
    ],
    selectableFields: ['.spec.siteRef.name', '.spec.condition.type'],
    spec: alarmRuleSpec,
    status: alarmRuleStatus,
  },
  Simulation: {
    kind: 'Simulation',
    plural: 'simulations',
    singular: 'simulation',
    shortNames: ['sim'],
    scope: 'Namespaced',
    maxNameLength: 63,
    description:
      'A Simulation lets Devices of a Site be served by a simulator instead of the plant. In force only where the Site allows it (simulation: Allowed), and on the local host only with --simulate.',
    columns: [site, ready, age],
    selectableFields: ['.spec.siteRef.name'],
    spec: simulationSpec,
    status: plainStatus,
  },
} as const satisfies Record<string, KindDefinition>;

/** Name of a kind. */
export type Kind = keyof typeof KINDS;

/** True when `name` is one of our kinds. */
export const isKind = (name: string): name is Kind => Object.hasOwn(KINDS, name);
