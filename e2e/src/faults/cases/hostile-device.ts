import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { processorSeconds } from '../../bench/process-use.ts';
import { checkCounts } from '../check-counts.ts';
import { type HostileDevice, startHostileDevice } from '../hostile-device.ts';
import { rssMb } from '../process-use.ts';
import { type Rig, startRig } from '../rig.ts';
import { until } from '../settle.ts';
import type { FaultCase } from '../types.ts';

const SECONDS = 6 * Number(process.env.KUBEPLANT_FAULT_ROUNDS ?? 10);
const TAGS = 2;
/** After a broken frame a device is left alone for a while: many at a time make more frames. */
const DEVICES = 50;
const MOST_GROWTH_MB = 60;
/** It answers well again: polled within so long. */
const GOOD_WITHIN_MS = 30_000;

/** Fault 12: devices that answer with every trick there is, and then well again. */
export const faultCase: FaultCase = {
  name: 'hostile-device',
  description: `for ${SECONDS} s ${DEVICES} devices answer with the tricks of the session's tests and with mutated frames`,
  run: async ({ seed }) => {
    let made: HostileDevice | undefined;
    const startDevice = async (tags: number): Promise<HostileDevice> => {
      made = await startHostileDevice(tags, seed);
      return made;
    };
    const rig = await startRig({
      seed,
      samplingInterval: '100ms',
      timeout: '100ms',
      tags: TAGS,
      devices: DEVICES,
      ownAddresses: true,
      startDevice,
    });
    const broken: string[] = [];
    try {
      const device = made;
      if (device === undefined) throw new Error('the rig starts its device');
      await sleep(3000);
      const before = { mb: rssMb(rig.collector.pid), seconds: processorSeconds(rig.collector.pid ?? 0) };
      device.isHostile = true;
      await sleep(SECONDS * 1000);
      device.isHostile = false;
      const after = { mb: rssMb(rig.collector.pid), seconds: processorSeconds(rig.collector.pid ?? 0) };
      const mark = device.servedMs.length;
      if (!(await until(() => new Set(device.units.slice(mark)).size === DEVICES, GOOD_WITHIN_MS))) broken.push('not all are polled again');
      const good = device.servedMs.length; // what was under way when it turned honest has passed
      await sleep(3000);
      const upTo = device.servedMs.length;
      const missing = async (): Promise<number> =>
        (await checkCounts(rig.databaseUrl, device, upTo)).missing.filter(({ last }) => last > good).length;
      if (!(await until(async () => (await missing()) === 0, GOOD_WITHIN_MS))) broken.push('readings of the honest device are missing');
      const values = await storedValues(rig);
      const invented = values.filter((value) => !device.hasSent(value));
      if (invented.length > 0) broken.push(`${invented.length} values were never sent: ${invented.slice(0, 5)}`);
      if (rig.collector.starts !== 1) broken.push(`the collector was started ${rig.collector.starts} times`);
      if (after.mb > before.mb + MOST_GROWTH_MB) broken.push(`the collector grew from ${before.mb} to ${after.mb} MB`);
      const usPerFrame = ((after.seconds - before.seconds) / device.hostileFrames) * 1e6;
      return {
        figures: {
          'hostile frames': device.hostileFrames,
          'honest frames': device.servedMs.length,
          connections: device.connections(),
          'different values stored': values.length,
          'never sent': invented.length,
          'collector µs per hostile frame, all in': Math.round(usPerFrame),
          'collector MB': `${before.mb} → ${after.mb}`,
          starts: rig.collector.starts,
        },
        broken,
      };
    } finally {
      await rig.close();
    }
  },
};

async function storedValues({ databaseUrl }: Rig): Promise<number[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ value: number }>(
      `SELECT DISTINCT value FROM reading JOIN tag USING (tag_id) WHERE device LIKE 'counter%' AND value IS NOT NULL`,
    );
    return rows.map(({ value }) => value);
  } finally {
    await client.end();
  }
}
