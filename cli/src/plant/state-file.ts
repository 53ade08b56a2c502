import { renameSync, writeFileSync } from 'node:fs';
import { type DataDirectory, readIfThere } from './data-directory.ts';
import type { ProcessIdentity } from './process-identity.ts';

/** A process of the plant, as `status` shows it. */
export interface ProcessState {
  readonly name: string;
  readonly title: string;
  readonly state: 'Starting' | 'Running' | 'Waiting' | 'Stopped';
  readonly pid?: number;
  /** With the pid, tells this process from a later one. */
  readonly started?: string;
  readonly restarts: number;
  /** How it ended the last time, though nobody asked. */
  readonly lastEnd?: { readonly how: string; readonly code: number | null };
  readonly ports: Readonly<Record<string, number>>;
  readonly log: string;
}

/** What a running plant writes down about itself. */
export interface PlantState {
  readonly owner: ProcessIdentity;
  readonly since: string;
  readonly url: string;
  readonly paths: readonly string[];
  readonly simulate: boolean;
  readonly ready: boolean;
  readonly processes: readonly ProcessState[];
}

export function writePlantState(data: DataDirectory, state: PlantState): void {
  const temporary = `${data.stateFile}.tmp`;
  writeFileSync(temporary, `${JSON.stringify(state, undefined, 2)}\n`);
  renameSync(temporary, data.stateFile);
}

/** State of the plant that ran last; undefined when there is none or the file was cut off. */
export function readPlantState(data: DataDirectory): PlantState | undefined {
  try {
    const value: unknown = JSON.parse(readIfThere(data.stateFile) ?? 'null');
    return typeof value === 'object' && value !== null && 'processes' in value ? (value as PlantState) : undefined;
  } catch {
    return undefined;
  }
}
