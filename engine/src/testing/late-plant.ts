import type { SiteModel } from '@kubeplant/crds/model';
import { Flag, Status } from '@kubeplant/words';
import { createLateCourse, type HistoryReading, type JournalMark } from '../late/create-late-course.ts';
import { createLateScopes } from '../late/late-scopes.ts';
import type { AlarmTransition, LateFindings } from '../types.ts';
import { EngineDriver, us } from './drive-engine.ts';

/** A reading in the order in which it comes; times in seconds. */
export interface Arrival {
  readonly at: number;
  readonly value: number;
  readonly status?: number;
}

/** A site with one tag, `a/x`, whose readings come in any order, with the history and the journal that a database would have. */
export class LatePlant {
  readonly driver: EngineDriver;
  readonly history: HistoryReading[] = [];
  readonly #model: SiteModel;
  #confirmed = 0;
  /** Of late readings since the last evaluation: the first and the last, in microseconds. */
  #late: { readonly fromUs: number; readonly untilUs: number } | undefined;

  constructor(model: SiteModel) {
    this.#model = model;
    this.driver = new EngineDriver(model);
  }

  get journal(): readonly AlarmTransition[] {
    return this.driver.journal;
  }

  /** Readings as they come; what is older than the newest is late. */
  arrive(...arrivals: readonly Arrival[]): this {
    for (const { at, value, status = Number.isNaN(value) ? Status.BadTimeout : Status.Good } of arrivals) {
      const timeUs = us(at);
      const isLate = this.history.some((one) => one.timeUs > timeUs);
      this.history.push({ timeUs, value, status, flags: isLate ? Flag.Late : 0 });
      if (!isLate) this.driver.run({ kind: 'read', at, tag: 'a/x', value, status });
      else
        this.#late = { fromUs: Math.min(timeUs, this.#late?.fromUs ?? timeUs), untilUs: Math.max(timeUs, this.#late?.untilUs ?? timeUs) };
    }
    return this;
  }

  /** All tags are confirmed until then. */
  confirm(at: number): this {
    this.#confirmed = Math.max(this.#confirmed, at);
    this.driver.run({ kind: 'observe', at, device: 'a' });
    return this;
  }

  /** Evaluate the late readings so far. */
  find(): LateFindings {
    const scope = createLateScopes(this.#model).find('a', 'x');
    if (scope === undefined || this.#late === undefined) return { transitions: [], joined: [], passed: [], open: [], pending: [] };
    const { fromUs, untilUs } = this.#late;
    const sorted = this.history.toSorted((a, b) => a.timeUs - b.timeUs);
    const usable = sorted.findLast(({ timeUs, value }) => timeUs < fromUs && timeUs <= fromUs - scope.delayUs && !Number.isNaN(value));
    const beginUs = usable?.timeUs ?? Math.min(sorted[0]?.timeUs ?? fromUs, fromUs - scope.delayUs);
    const marks = this.driver.journal.toSorted((a, b) => a.timeUs - b.timeUs).flatMap(toMark);
    const before = marks.filter(({ timeUs }) => timeUs < beginUs);
    const course = createLateCourse({ scope, beginUs, lateFromUs: fromUs, before });
    course.journal(marks.filter(({ timeUs }) => timeUs >= beginUs));
    for (const reading of sorted.filter(({ timeUs }) => timeUs >= beginUs)) {
      course.reading(reading);
      if (course.settled() && reading.timeUs > untilUs) return course.take();
    }
    return course.finish(us(this.#confirmed));
  }

  /** Evaluate the late readings so far and take what is found. */
  settle(): this {
    this.driver.engine.takeLate(this.find());
    this.driver.commit();
    this.#late = undefined;
    return this;
  }
}

function toMark({ alarm, kind, timeUs, occurrence, late, cause }: AlarmTransition): JournalMark[] {
  if (kind !== 'Active' && kind !== 'Cleared') return [];
  return [{ alarm, kind, timeUs, occurrence, late, byClock: cause.startsWith('clock:') }];
}
