import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Span } from '../check-counts.ts';
import { isTold, readLosses } from '../losses.ts';
import { readMetrics, sumOf } from '../metrics.ts';
import { type Rig, startRig } from '../rig.ts';
import { type Damage, damageLog } from '../segment-damage.ts';
import { settle, until } from '../settle.ts';
import type { FaultCase } from '../types.ts';

const ROUNDS = Number(process.env.KUBEPLANT_FAULT_ROUNDS ?? 12);
const SAMPLING_MS = 20;
const TAGS = 60;
/** Lost with a killed collector: what it had not handed to the system yet. */
const UNWRITTEN_MS = 300;

/** Fault 4: bits flip and ends are missing in what a killed collector has left. */
export const faultCase: FaultCase = {
  name: 'damage-log',
  description: `${ROUNDS} times the collector is killed with a backlog, and its files are damaged before it starts again`,
  run: async ({ seed, log }) => {
    // An eighth of this is a file: a few of them hold the backlog of a round.
    const rig = await startRig({ seed, samplingInterval: `${SAMPLING_MS}ms`, tags: TAGS, buffering: { maxSize: '1Mi' } });
    const folder = rig.bufferOf('collector-0');
    const servedAtKill: number[] = [];
    const damages: Damage[] = [];
    try {
      for (let round = 1; round <= ROUNDS; round += 1) {
        rig.proxies.ingest.toxic = { kind: 'down' };
        await sleep(2000 + rig.random() * 3000);
        await rig.collector.halt();
        servedAtKill.push(rig.device.servedMs.length);
        damages.push(await damageLog(folder, TAGS, rig.random));
        rig.collector.resume();
        await rig.collector.ready();
        rig.proxies.ingest.toxic = { kind: 'none' };
        if (!(await until(() => isDrained(rig), 20_000))) log(`round ${round}: the backlog is not empty after 20 s`);
      }
      const hit = new Map(damages.flatMap((damage) => [...damage.hit]));
      const torn = new Set(damages.flatMap((damage) => [...damage.torn]));
      const mostLost = (ROUNDS * UNWRITTEN_MS) / SAMPLING_MS;
      const unwritten = (number: number): boolean =>
        damages.some(({ lastWritten }, round) => number > lastWritten && number <= (servedAtKill[round] ?? 0));
      const found = await settle(rig, { allowed: { lost: hit.size + torn.size + mostLost } });
      const missing = found.counts.missing.flatMap(numbersOf);
      const lostByKills = missing.filter(unwritten).length;
      const losses = await readLosses(rig.databaseUrl);
      const unexplained = missing.filter((number) => !hit.has(number) && !torn.has(number) && !unwritten(number));
      const untold = missing.filter(
        (number) => hit.has(number) && !torn.has(number) && !unwritten(number) && !isTold(losses, hit.get(number) ?? 0),
      );
      const sum = (of: (damage: Damage) => number): number => damages.reduce((total, damage) => total + of(damage), 0);
      return {
        counts: found.counts,
        figures: {
          kills: ROUNDS,
          flips: sum(({ flips }) => flips),
          'files cut': sum(({ cuts }) => cuts),
          '.bad files': readdirSync(folder).filter((name) => name.endsWith('.bad')).length,
          'lost of damaged blocks': missing.filter((number) => hit.has(number)).length,
          'torn off the end': missing.filter((number) => torn.has(number) && !hit.has(number)).length,
          'not written yet': lostByKills,
          'losses told': losses.length,
        },
        broken: [
          ...found.broken,
          ...(lostByKills > mostLost
            ? [`${lostByKills} numbers had not been written when the collector was killed; ${mostLost} may be`]
            : []),
          ...(unexplained.length > 0
            ? [`${unexplained.length} numbers are missing whose block was sound: ${unexplained.slice(0, 8)}`]
            : []),
          ...(untold.length > 0
            ? [
                `${untold.length} numbers are missing and nothing tells so: ${untold.slice(0, 8)}, hit by ${damages.filter(({ hit: some }) => untold.some((number) => some.has(number))).flatMap(({ done }) => done)}`,
              ]
            : []),
        ],
      };
    } finally {
      await rig.close();
    }
  },
};

const isDrained = async (rig: Rig): Promise<boolean> => {
  const metrics = await readMetrics(rig.probes.collector);
  return sumOf(metrics, 'kubeplant_collector_uplink_connected') === 1 && sumOf(metrics, 'kubeplant_collector_buffer_blocks') <= 3;
};

const numbersOf = ({ first, last }: Span): number[] => Array.from({ length: last - first + 1 }, (_, index) => first + index);
