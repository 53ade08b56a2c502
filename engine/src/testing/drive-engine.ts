import type { SiteModel } from '@kubeplant/crds/model';
import { Status } from '@kubeplant/words';
import { createSiteEngine } from '../site/create-site-engine.ts';
import type { AlarmState, AlarmTransition, CalculatedReading, EngineChanges, FastSiteEngine, LatestReading } from '../types.ts';

/** Seconds to microseconds. */
export const us = (seconds: number): number => Math.round(seconds * 1e6);

/** Something that happens to an engine; times in seconds. */
export type Step =
  | { readonly kind: 'read'; readonly at: number; readonly tag: string; readonly value: number | string; readonly status?: number }
  | { readonly kind: 'observe'; readonly at: number; readonly device: string }
  | { readonly kind: 'connect'; readonly at: number; readonly device: string; readonly connected: boolean }
  | { readonly kind: 'clock'; readonly at: number }
  | { readonly kind: 'model'; readonly at: number; readonly model: SiteModel }
  | { readonly kind: 'calculate' };

/** An engine with what a database would hold of it: it can be thrown away and started again from that. */
export class EngineDriver {
  readonly #rows = new Map<string, AlarmState>();
  readonly #latest = new Map<string, LatestReading>();
  readonly #observed = new Map<string, number>();
  #model: SiteModel;
  #count = 0;
  #nowUs = 0;
  #engine: FastSiteEngine;
  readonly journal: AlarmTransition[] = [];
  readonly calculated: CalculatedReading[] = [];

  constructor(model: SiteModel) {
    this.#model = model;
    this.#engine = this.#start();
  }

  get engine(): FastSiteEngine {
    return this.#engine;
  }

  #start(): FastSiteEngine {
    const [alarms, latest] = [[...this.#rows.values()], [...this.#latest.values()]];
    const observed = [...this.#observed].map(([device, untilUs]) => ({ device, untilUs }));
    return createSiteEngine({ model: this.#model, alarms, latest, observed, epoch: 1, nowUs: this.#nowUs });
  }

  /** Throw the engine away and start from what is committed, under another model where one is given. */
  restart(model: SiteModel = this.#model): this {
    this.#model = model;
    this.#engine = this.#start();
    this.commit();
    return this;
  }

  /** Run steps; each is a block of its own. */
  run(...steps: readonly Step[]): this {
    for (const step of steps) {
      this.#count += 1;
      this.#take(step, `run:${this.#count}:0`);
      this.commit();
    }
    return this;
  }

  commit(): EngineChanges {
    const changes = this.#engine.takeChanges();
    for (const id of changes.removed) this.#rows.delete(id);
    for (const state of changes.states) this.#rows.set(state.id, state);
    this.journal.push(...changes.transitions);
    return changes;
  }

  #take(step: Step, cause: string): void {
    const engine = this.#engine;
    if (step.kind === 'calculate') {
      this.#calculate();
      return;
    }
    const atUs = us(step.at);
    if (step.kind === 'read') this.#read(step, cause);
    else if (step.kind === 'observe') {
      engine.observed(step.device, atUs, cause);
      this.#observed.set(step.device, Math.max(atUs, this.#observed.get(step.device) ?? 0));
    } else if (step.kind === 'connect') engine.connected(step.device, step.connected, atUs, cause);
    else {
      this.#nowUs = Math.max(this.#nowUs, atUs);
      if (step.kind === 'clock') engine.advance(atUs);
      else {
        this.#model = step.model;
        engine.setModel(step.model, atUs);
      }
    }
  }

  #read({ tag: path, at, value, status = Status.Good }: Step & { kind: 'read' }, cause: string): void {
    const [device = '', tag = ''] = path.split('/');
    const number = typeof value === 'number' ? value : Number.NaN;
    const reading = { device, tag, timeUs: us(at), value: number, status, flags: 0, ...(typeof value === 'string' ? { text: value } : {}) };
    this.#engine.reading({ ...reading, cause });
    if (us(at) >= (this.#latest.get(path)?.timeUs ?? -Infinity)) this.#latest.set(path, reading);
  }

  #calculate(): void {
    for (const reading of this.#engine.calculate()) {
      this.calculated.push(reading);
      this.#latest.set(`${reading.device}/${reading.tag}`, reading);
    }
  }

  /** `12.5 high Active UNACK` for each row of the journal. */
  get story(): string[] {
    return this.journal.map(({ timeUs, limit, kind, state }) => `${timeUs / 1e6} ${limit} ${kind} ${state}`);
  }

  get rows(): AlarmState[] {
    return [...this.#rows.values()];
  }
}

/** A reading in short. */
export const read = (at: number, tag: string, value: number | string, status?: number): Step =>
  status === undefined ? { kind: 'read', at, tag, value } : { kind: 'read', at, tag, value, status };
/** A confirmation in short. */
export const observe = (at: number, device: string): Step => ({ kind: 'observe', at, device });
/** A change of link in short. */
export const connect = (at: number, device: string, connected: boolean): Step => ({ kind: 'connect', at, device, connected });
/** The owner's clock in short. */
export const clock = (at: number): Step => ({ kind: 'clock', at });
