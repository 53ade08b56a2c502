import { type Clock, createPoller, type DeviceState, type DriverSink, type Poller } from '@kubeplant/collector-core';
import type { EffectiveDevice } from '@kubeplant/crds/model';
import { durationMs, Status } from '@kubeplant/words';
import type { PlannedRead } from '../plan/plan-reads.ts';
import type { ReadGroup } from '../plan/read-group.ts';
import { createLane, type Exchange, type Lane, type Outcome } from '../session/exchange.ts';
import { describeException, type ExceptionEffect, exceptionEffect } from './exception-effect.ts';
import { groupTags } from './group-tags.ts';
import { toBadReadings, toReadings } from './to-readings.ts';
import { UnitHealth } from './unit-health.ts';

/** What a poller needs of its channel. */
export interface PollerDeps {
  readonly sink: DriverSink;
  readonly clock: Clock;
  readonly isUp: () => boolean;
  readonly submit: (lane: Lane, exchange: Exchange) => void;
  readonly clear: (lane: Lane) => void;
  /** Time another attempt at a unit that did not answer may take, so that it does not slow the others. */
  readonly retryTimeoutMs: (timeoutMs: number, attempt: number) => number;
  readonly answered: () => void;
  readonly wentSilent: (state: DeviceState) => void;
}

/** A read to ask a unit, whatever for. */
export type Question = Pick<Exchange, 'unitId' | 'request' | 'timeoutMs'>;

/** What of a device's configuration is kept beside the reads that are planned from its tags. */
export type PolledDevice = Pick<EffectiveDevice, 'name' | 'revision' | 'simulated' | 'modbusTcp'>;

interface Cycle {
  readonly group: ReadGroup;
  readonly over: PromiseWithResolvers<void>;
  open: number;
  isWhole: boolean;
  firstAnswerUs: number | undefined;
}

/** Polls one device: reads on schedule, splits refused reads, tries again, and backs off alone when its unit is silent. */
export class DevicePoller {
  readonly device: PolledDevice;
  readonly #deps: PollerDeps;
  readonly #lane = createLane();
  readonly #groups: ReadonlyMap<string, ReadGroup>;
  readonly #cycles = new Map<ReadGroup, Cycle>();
  readonly #schedule: Poller;
  readonly #health: UnitHealth;
  readonly #timeoutMs: number;
  #closed = false;

  constructor(device: EffectiveDevice, deps: PollerDeps) {
    const { name, revision, simulated, modbusTcp } = device; // no closure below may hold `device`: its tags are large
    this.device = { name, revision, simulated, ...(modbusTcp && { modbusTcp }) };
    this.#deps = deps;
    this.#timeoutMs = durationMs(modbusTcp?.timeout ?? '2s');
    this.#health = new UnitHealth({
      device: name,
      retries: modbusTcp?.retries ?? 0,
      sink: deps.sink,
      clock: deps.clock,
      probe: (attempt) => this.#probe(attempt),
    });
    const { groups, unreadable } = groupTags(device);
    for (const { tag, message } of unreadable) {
      deps.sink.readings([{ device: name, tag, value: undefined, status: Status.BadConfigurationError, flags: 0 }]);
      deps.sink.rejected(name, tag, message);
    }
    const keyed = groups.map(({ group, intervalMs }) => ({ key: `${name}/${intervalMs}`, intervalMs, group }));
    this.#groups = new Map(keyed.map(({ key, group }) => [key, group]));
    this.#schedule = createPoller({
      clock: deps.clock,
      poll: (key) => this.#poll(this.#groups.get(key)),
      onOverrun: (_key, count) => {
        if (deps.isUp() && !this.#health.isSilent) deps.sink.overrun(name, count);
      },
    });
    this.#schedule.setGroups(keyed);
  }

  /** Is the unit silent at present, so that only probes go to it? */
  get isSilent(): boolean {
    return this.#health.isSilent;
  }

  /** A read to try the unit or another endpoint with; undefined: nothing can be read. */
  get question(): Question | undefined {
    const read = this.#groups.values().next().value?.reads(0)[0];
    return read && this.#toQuestion(read, this.#timeoutMs);
  }

  /** The connection is there: ask everything once, at once. */
  linkUp(): void {
    this.#health.restart();
    this.#endCycles();
    for (const group of this.#groups.values()) void this.#poll(group);
  }

  linkDown(state: DeviceState): void {
    this.#health.lost(state);
  }

  close(): void {
    this.#closed = true;
    this.#schedule.stop();
    this.#health.stop();
    this.#deps.clear(this.#lane);
    this.#endCycles();
  }

  #poll(group: ReadGroup | undefined): Promise<void> {
    if (group === undefined || this.#closed || !this.#deps.isUp() || this.#health.isSilent) return Promise.resolve();
    const running = this.#cycles.get(group);
    if (running !== undefined) return running.over.promise;
    const reads = group.reads(this.#deps.clock.monotonicMs());
    const cycle: Cycle = { group, over: Promise.withResolvers(), open: reads.length, isWhole: true, firstAnswerUs: undefined };
    if (reads.length === 0) return Promise.resolve();
    this.#cycles.set(group, cycle);
    for (const read of reads) this.#ask(cycle, read, 0);
    return cycle.over.promise;
  }

  #ask(cycle: Cycle, read: PlannedRead, attempt: number): void {
    const timeoutMs = attempt === 0 ? this.#timeoutMs : this.#deps.retryTimeoutMs(this.#timeoutMs, attempt - 1);
    const done = (outcome: Outcome) => {
      if (this.#cycles.get(cycle.group) === cycle) this.#handle(cycle, read, attempt, outcome);
    };
    this.#deps.submit(this.#lane, { ...this.#toQuestion(read, timeoutMs), done });
  }

  #handle(cycle: Cycle, read: PlannedRead, attempt: number, outcome: Outcome): void {
    switch (outcome.kind) {
      case 'data':
        this.#alive(cycle);
        this.#deps.sink.readings(toReadings(this.device.name, read, outcome.data));
        for (const { tag } of cycle.group.accept(read)) this.#deps.sink.rejected(this.device.name, tag, undefined);
        this.#settle(cycle);
        break;
      case 'exception':
        this.#handleException(cycle, read, attempt, outcome.code);
        break;
      case 'closed':
        cycle.isWhole = false;
        this.#settle(cycle);
        break;
      case 'timeout':
        this.#handleFailure(cycle, read, attempt, this.#lost('Timeout', `gave no answer within ${this.#timeoutMs} ms`));
        break;
      case 'malformed':
        this.#handleFailure(cycle, read, attempt, this.#lost('ProtocolError', `sent a broken answer (${outcome.reason})`));
    }
  }

  #handleException(cycle: Cycle, read: PlannedRead, attempt: number, code: number): void {
    const effect = exceptionEffect(code);
    if (effect.kind === 'silent') {
      this.#handleFailure(
        cycle,
        read,
        attempt,
        this.#lost('GatewayTargetFailedToRespond', `is not reached by its gateway: ${describeException(code)}`),
      );
      return;
    }
    this.#alive(cycle);
    if (effect.kind === 'busy' && attempt < (this.device.modbusTcp?.retries ?? 0)) {
      this.#ask(cycle, read, attempt + 1);
      return;
    }
    if (effect.kind === 'refused') this.#refuse(cycle, read, code, effect);
    else this.#deps.sink.readings(toBadReadings(this.device.name, read, effect.status));
    this.#settle(cycle);
  }

  #refuse(cycle: Cycle, read: PlannedRead, code: number, effect: Extract<ExceptionEffect, { kind: 'refused' }>): void {
    const step = cycle.group.refuse(read, effect.wholeFunction, this.#deps.clock.monotonicMs());
    if (step.kind === 'split') {
      cycle.open += step.reads.length;
      for (const part of step.reads) this.#ask(cycle, part, 0);
      return;
    }
    const where = read.count === 1 ? `at ${read.start}` : `at ${read.start}…${read.start + read.count - 1}`;
    const reason = `the device answers ${describeException(code)} to a read ${where}; check register and address`;
    this.#deps.sink.readings(toBadReadings(this.device.name, step, effect.status));
    for (const { tag } of step.points) this.#deps.sink.rejected(this.device.name, tag, reason);
  }

  #handleFailure(cycle: Cycle, read: PlannedRead, attempt: number, state: DeviceState): void {
    this.#lane.suspect = true;
    if (this.#health.failed(state) === 'again') {
      this.#ask(cycle, read, attempt + 1);
      return;
    }
    this.#deps.clear(this.#lane);
    this.#endCycles();
    this.#deps.wentSilent(state);
  }

  /** Ask a silent unit one thing; any answer wakes it up. */
  #probe(attempt: number): void {
    const { question } = this;
    if (question === undefined || !this.#deps.isUp()) return;
    const done = (outcome: Outcome) => {
      if (this.#closed || !this.#health.isSilent) return;
      const answered = outcome.kind === 'data' || (outcome.kind === 'exception' && exceptionEffect(outcome.code).kind !== 'silent');
      if (answered) {
        this.#alive();
        this.linkUp();
      } else if (outcome.kind !== 'closed') this.#health.probeLater();
    };
    this.#deps.submit(this.#lane, { ...question, timeoutMs: this.#deps.retryTimeoutMs(this.#timeoutMs, attempt), done });
  }

  #alive(cycle?: Cycle): void {
    if (cycle !== undefined) cycle.firstAnswerUs ??= this.#deps.clock.nowUs();
    this.#lane.suspect = false;
    this.#deps.answered();
    this.#health.alive();
  }

  #settle(cycle: Cycle): void {
    cycle.open -= 1;
    if (cycle.open > 0) return;
    this.#cycles.delete(cycle.group);
    cycle.over.resolve();
    if (cycle.isWhole && cycle.firstAnswerUs !== undefined) this.#deps.sink.observed(this.device.name, cycle.firstAnswerUs);
  }

  /** Forget what is being asked: its answers are not waited for any more. */
  #endCycles(): void {
    for (const cycle of this.#cycles.values()) cycle.over.resolve();
    this.#cycles.clear();
  }

  #toQuestion(read: PlannedRead, timeoutMs: number): Question {
    return { unitId: this.device.modbusTcp?.unitId ?? 1, request: read, timeoutMs };
  }

  #lost(reason: string, text: string): DeviceState {
    return { connected: false, reason, message: `unit ${this.device.modbusTcp?.unitId ?? 1} ${text}` };
  }
}
