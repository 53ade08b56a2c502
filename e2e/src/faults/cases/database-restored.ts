import { setTimeout as sleep } from 'node:timers/promises';
import { readRestored, backUp, restore } from '../restore-database.ts';
import { type Rig, startRig } from '../rig.ts';
import { settle } from '../settle.ts';
import type { CaseResult, FaultCase } from '../types.ts';

const TAGS = 60;
/** A reading is stored with the time at which its answer came, which is a little after it was served. */
const APART_MS = 1000;

interface Variant {
  readonly name: string;
  /** Recorded after the copy was made. */
  readonly seconds: number;
  /** Room of the collector's log. */
  readonly maxSize: string;
  /** The api starts anew between copy and restore. */
  readonly restarts?: boolean;
  /** An api that was down sees that the database went back only by an owner's epoch that is not in it: by a restart since the copy. */
  readonly unnoticed?: boolean;
  restore(rig: Rig): Promise<void>;
}

const restoreWhileDown = async (rig: Rig): Promise<void> => {
  await rig.api.halt();
  await restore(rig);
  rig.api.resume();
};

const VARIANTS: readonly Variant[] = [
  { name: 'api running', seconds: 10, maxSize: '64Mi', restore },
  { name: 'api down', seconds: 10, maxSize: '64Mi', unnoticed: true, restore: restoreWhileDown },
  { name: 'api down, restarted since the copy', seconds: 10, maxSize: '64Mi', restarts: true, restore: restoreWhileDown },
  { name: 'log too small', seconds: 40, maxSize: '1Mi', restore },
];

/** The database is restored to an earlier point: what collectors still hold is sent again, and what they do not hold is journalled. */
export const faultCase: FaultCase = {
  name: 'database-restored',
  description: 'the database goes back by seconds, with the api running, with the api down, and when collectors do not hold all',
  run: async ({ seed, log }) => {
    const results: CaseResult[] = [];
    for (const variant of VARIANTS) {
      const result = await tryVariant(seed, variant);
      log(`${variant.name}: ${result.figures?.[variant.name]}`);
      results.push(result);
    }
    return {
      ...(results[0]?.counts && { counts: results[0].counts }),
      figures: Object.assign({}, ...results.map(({ figures }) => figures)) as Record<string, string>,
      broken: results.flatMap(({ broken }) => broken),
    };
  },
};

async function tryVariant(seed: number, variant: Variant): Promise<CaseResult> {
  const { name, seconds, maxSize } = variant;
  const rig = await startRig({ seed, samplingInterval: '10ms', tags: TAGS, buffering: { maxSize } });
  const isSmall = maxSize === '1Mi';
  try {
    await sleep(3000 + rig.random() * 2000);
    await backUp(rig);
    const copied = rig.device.servedMs.length;
    await sleep((seconds / 2) * 1000);
    if (variant.restarts) await rig.api.kill();
    await sleep((seconds / 2) * 1000);
    const atRestore = rig.device.servedMs.length;
    await variant.restore(rig);
    await rig.api.ready();
    const { counts, broken, resumedMs } = await settle(rig, { allowed: { lost: isSmall ? atRestore : 0 } });
    const spans = await readRestored(rig.databaseUrl);
    const isInSpan = (number: number): boolean => {
      const us = (rig.device.servedMs[number - 1] ?? 0) * 1000;
      return spans.some(({ fromUs, untilUs }) => fromUs - APART_MS * 1000 <= us && us <= untilUs);
    };
    const outside = counts.missing.filter(({ first, last }) => !isInSpan(first) || !isInSpan(last));
    const text = `${atRestore - copied} numbers gone, ${counts.lost} missing in the end, ${counts.doubles} double, ${counts.wrong} wrong, ${spans.length} HistoryRestored, settled in ${resumedMs} ms`;
    return {
      counts,
      figures: { [name]: text },
      broken: [
        ...broken,
        ...(spans.length === 0 && !variant.unnoticed ? ['that history was restored is not journalled'] : []),
        ...(outside.length > 0 ? ['what is missing lies outside the journalled span'] : []),
        ...(isSmall && counts.lost === 0 ? ['nothing is missing although collectors did not hold all'] : []),
      ].map((what) => `${name}: ${what}`),
    };
  } finally {
    await rig.close();
  }
}
