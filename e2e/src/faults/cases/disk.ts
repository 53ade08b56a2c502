import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { collectorProblem } from '../collector-problem.ts';
import { type Rig, startRig } from '../rig.ts';
import { settle, until } from '../settle.ts';
import { mountSmallDisk, type SmallDisk } from '../small-disk.ts';
import type { FaultCase } from '../types.ts';

const DISK_MB = 12;
const SLOW_SYNC_MS = 500;
const SHOWN_MS = 15_000;
const RECOVERED_MS = 90_000;
const SLOW_SYNC = new URL('../preload/slow-sync.ts', import.meta.url);

interface Trouble {
  readonly name: string;
  /** How the condition of the collector begins. */
  readonly shownAs: string;
  begin(): unknown;
  end(): void;
}

/** Fault 6: the disk of the collector's log is full, read-only and slow, with the api there and away. */
export const faultCase: FaultCase = {
  name: 'disk',
  description: `a disk of ${DISK_MB} MB is full, then read-only, then takes ${SLOW_SYNC_MS} ms for each sync`,
  run: async ({ seed, log }) => {
    const disk = mountSmallDisk(DISK_MB);
    if (disk === undefined) return { broken: [], skipped: 'this process may not mount a file system (it takes root)' };
    const folder = mkdtempSync(join(tmpdir(), 'kp-faults-disk-'));
    const syncMsFile = join(folder, 'sync-ms');
    const setSyncMs = (ms: number): void => writeFileSync(syncMsFile, String(ms));
    setSyncMs(0);
    const collectorEnv = { NODE_OPTIONS: `--import ${SLOW_SYNC.href}`, KUBEPLANT_FAULT_SYNC_MS_FILE: syncMsFile };
    const rig = await startRig({ seed, samplingInterval: '20ms', bufferDir: join(disk.folder, 'log'), collectorEnv });
    try {
      const figures: Record<string, string> = {};
      const broken: string[] = [];
      for (const trouble of troubles(disk, setSyncMs)) {
        await sleep(1000 + rig.random() * 1000);
        const found = await suffer(rig, trouble);
        figures[trouble.name] = found.text;
        log(`${trouble.name}: ${found.text}`);
        broken.push(...found.broken);
      }
      if (rig.collector.starts !== 1) broken.push(`the collector was started ${rig.collector.starts} times`);
      const found = await settle(rig);
      return { counts: found.counts, figures, broken: [...broken, ...found.broken] };
    } finally {
      await rig.close();
      disk.remove();
      rmSync(folder, { recursive: true });
    }
  },
};

const troubles = (disk: SmallDisk, setSyncMs: (ms: number) => void): readonly Trouble[] => [
  { name: 'full', shownAs: 'BufferUnwritable', begin: disk.fill, end: disk.clear },
  {
    name: 'read-only',
    shownAs: 'BufferUnwritable',
    begin: async () => {
      disk.fill(); // the log closes the file that it could not write: only then can it become read-only
      const isReadOnly = await until(() => disk.setReadOnly(true), SHOWN_MS);
      if (!isReadOnly) throw new Error('the disk does not become read-only: a file of the log stays open');
    },
    end: () => {
      disk.setReadOnly(false);
      disk.clear();
    },
  },
  { name: 'slow', shownAs: 'BufferSlow', begin: () => setSyncMs(SLOW_SYNC_MS), end: () => setSyncMs(0) },
];

/** Begin, see it shown, take the api away for some seconds, end, and see that nothing is shown any more. */
async function suffer(rig: Rig, { name, shownAs, begin, end }: Trouble): Promise<{ readonly text: string; readonly broken: string[] }> {
  const broken: string[] = [];
  await begin();
  const beganMs = Date.now();
  if (!(await until(async () => (await collectorProblem(rig))?.includes(shownAs) === true, SHOWN_MS))) {
    broken.push(`${name}: ${shownAs} is not shown within ${SHOWN_MS / 1000} s, but '${await collectorProblem(rig)}'`);
  }
  const shownMs = Date.now() - beganMs;
  const served = rig.device.servedMs.length;
  rig.proxies.ingest.toxic = { kind: 'down' };
  await sleep(3000 + rig.random() * 3000);
  rig.proxies.ingest.toxic = { kind: 'none' };
  const polls = rig.device.servedMs.length - served;
  if (polls < 50) broken.push(`${name}: only ${polls} polls while the api was away`);
  await sleep(2000);
  end();
  const endedMs = Date.now();
  if (!(await until(async () => (await collectorProblem(rig)) === '', RECOVERED_MS))) {
    broken.push(`${name}: ${RECOVERED_MS / 1000} s afterwards '${await collectorProblem(rig)}' is still shown`);
  }
  return { text: `shown after ${shownMs} ms, ${polls} polls without api, well after ${Date.now() - endedMs} ms`, broken };
}
