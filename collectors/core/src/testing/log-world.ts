import { createFakeClock } from './create-fake-clock.ts';
import { createLogRig, type LogRig, type LogRigOptions, nameOut, settle, takeAll } from './create-log-rig.ts';
import { createSimDisk } from './create-sim-disk.ts';

/** A clock, a disk, and what tests of the log do with them. */
export function createLogWorld() {
  const clock = createFakeClock();
  const disk = createSimDisk(() => 0.5);
  return {
    clock,
    disk,
    start: async (options: Partial<LogRigOptions> = {}): Promise<LogRig> => {
      const rig = createLogRig({ fs: disk.mount(), clock, ...options });
      await settle();
      return rig;
    },
    /** Let time pass in steps, so that what waits for the disk goes on. */
    pass: async (ms: number, stepMs = 250): Promise<void> => {
      await settle(3);
      for (let passed = 0; passed < ms; passed += stepMs) {
        clock.advance(Math.min(stepMs, ms - passed));
        await settle(3);
      }
    },
    segments: () => disk.paths.filter((path) => path.endsWith('.seg')),
  };
}

type Committed = Parameters<LogRig['buffer']['deliver']>[0]['committed'];

export const deliver = ({ buffer }: LogRig, committed: Committed = []) =>
  buffer.deliver({ runs: buffer.runs(), committed, onReady: () => {} });
/** What a stream would get, by names. */
export const sent = async (rig: LogRig, committed?: Committed) => (await takeAll(deliver(rig, committed))).map(nameOut);
export const range = (run: string, first: number, last: number) => ({ run, committed: [{ first, last }] });
export const upTo = (run: string, last: number, first = 1) => Array.from({ length: last - first + 1 }, (_, i) => `${run}:${first + i}`);
