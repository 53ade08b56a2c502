import type { CommandDef } from 'citty';

/** The types of a command's own arguments do not matter here. */
const plain = (command: unknown): CommandDef => command as CommandDef;

/** Commands are loaded when they are used: `--help` of one does not load all. */
export const SUBCOMMANDS: Readonly<Record<string, () => Promise<CommandDef>>> = {
  up: async () => plain((await import('./up.ts')).up),
  status: async () => plain((await import('./status.ts')).status),
  down: async () => plain((await import('./down.ts')).down),
  reset: async () => plain((await import('./reset.ts')).reset),
  validate: async () => plain((await import('./validate.ts')).validate),
  get: async () => plain((await import('./get.ts')).get),
  readings: async () => plain((await import('./readings.ts')).readings),
  export: async () => plain((await import('./export.ts')).exportReadings),
  login: async () => plain((await import('./login.ts')).login),
  simulate: async () => plain((await import('./simulate.ts')).simulate),
  'migrate-storage': async () => plain((await import('./migrate-storage.ts')).migrateStorage),
  completion: async () => plain((await import('./completion.ts')).createCompletion(SUBCOMMANDS)),
};
