import { checkHistory, type HistoryCounts } from './check-history.ts';
import type { Mutation } from './mutations.ts';
import { SIM_FAULTS, type SimFault } from './sim-faults.ts';
import { createSimPlant, type SimPlant } from './sim-plant.ts';

/** What came of one seed. */
export interface History {
  readonly seed: number;
  /** What went wrong, and when. */
  readonly story: readonly string[];
  readonly counts: HistoryCounts;
  /** What does not hold; empty when all is well. */
  readonly broken: readonly string[];
}

const MOST_FAULTS = 7;
const FAULTS_FROM_MS = 1500;
const FAULTS_UNTIL_MS = 8_000;
/** Within this time a disk that could not be opened is tried again, and a database that was set back is found out. */
const QUIET_MS = 8_000;
/** Time in which a plant without faults has to deliver all it holds. */
const SETTLE_MS = 120_000;

/** One seed: a plant, some faults at random times, quiet, and a reckoning. The same seed gives the same history. */
export async function runHistory(seed: number, mutation?: Mutation): Promise<History> {
  const plant = createSimPlant(seed, mutation);
  try {
    const { faults, story, endMs } = planFaults(plant, mutation);
    const isUnknown = (): boolean => plant.database.unknown.length > 0;
    const isSettled = !(await plant.time.passUntil(endMs, isUnknown)) && (await settle(plant));
    const { counts, broken } = checkHistory(plant, faults);
    const held = plant.seats.map(({ collector }) => collector?.held());
    return {
      seed,
      story,
      counts,
      broken: [
        ...plant.database.unknown.slice(0, 1).map((text) => `the simulated database does not know: ${text.slice(0, 200)}`),
        ...(isSettled
          ? []
          : [
              `after ${SETTLE_MS / 1000} s without faults collectors still hold ${held.join(', ')} blocks (${plant.problems.at(-1) ?? 'no error'})`,
            ]),
        ...broken,
      ],
    };
  } finally {
    for (const process of [plant.api?.process, ...plant.seats.map(({ collector }) => collector?.process)]) process?.kill();
    plant.time.restore();
  }
}

function planFaults(plant: SimPlant, mutation: Mutation | undefined) {
  const { random, time } = plant;
  const isOnDisk = plant.seats[0]?.volume !== undefined;
  const possible = SIM_FAULTS.filter((fault) => isOnDisk || fault.needsDisk !== true);
  const count = 1 + Math.floor(random() * MOST_FAULTS);
  const planned: { readonly fault: SimFault; readonly atMs: number }[] = [];
  for (let index = 0; index < count; index += 1) {
    const fault = possible[Math.floor(random() * possible.length)];
    if (fault) planned.push({ fault, atMs: FAULTS_FROM_MS + random() * (FAULTS_UNTIL_MS - FAULTS_FROM_MS) });
  }
  for (const fault of mutation?.faults ?? []) planned.push({ fault, atMs: FAULTS_FROM_MS + random() * (FAULTS_UNTIL_MS - FAULTS_FROM_MS) });
  planned.sort((a, b) => a.atMs - b.atMs);
  for (const { fault, atMs } of planned) time.after(atMs, () => fault.begin(plant));
  return {
    faults: planned.map(({ fault }) => fault),
    story: planned.map(({ fault, atMs }) => `${(atMs / 1000).toFixed(1)} s ${fault.name}`),
    endMs: FAULTS_UNTIL_MS + 1000,
  };
}

/** Wait until every fault is over and every reading delivered; false when something stays. */
async function settle(plant: SimPlant): Promise<boolean> {
  const { time, seats } = plant;
  const isDelivered = (): boolean => plant.api?.isRecording() === true && seats.every(({ collector }) => collector?.held() === 0);
  await time.passUntil(time.nowMs + SETTLE_MS, () => plant.ongoing === 0);
  await time.passUntil(time.nowMs + QUIET_MS);
  if (!(await time.passUntil(time.nowMs + SETTLE_MS, isDelivered))) return false;
  for (const { collector } of seats) collector?.process.run(() => collector.stopPolling());
  const isSettled = await time.passUntil(time.nowMs + SETTLE_MS, isDelivered);
  // What came late is evaluated.
  await time.passUntil(time.nowMs + SETTLE_MS, () => plant.database.tables.lateSpans.size === 0);
  await time.passUntil(time.nowMs + 500);
  return isSettled;
}
