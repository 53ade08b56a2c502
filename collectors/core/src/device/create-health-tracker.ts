import type { DeviceHealth, Health } from '@kubeplant/proto';

/** What a collector says of itself and its devices now. */
export interface HealthSnapshot {
  readonly configRevision: string;
  readonly devices: readonly DeviceHealth[];
  readonly problem: string | undefined;
  /** See `Health.held_blocks`. */
  readonly heldBlocks: number | undefined;
}

/** Turns snapshots into Health messages: all once a stream is open, then what changed. */
export interface HealthTracker {
  /** Everything. */
  full(): Health;
  /** What changed since the last message; undefined when nothing did. */
  changes(): Health | undefined;
}

/** Compares what `snapshot` gives with what was told before. */
export function createHealthTracker(snapshot: () => HealthSnapshot): HealthTracker {
  let told = new Map<string, string>();
  let toldAbout = '';

  const aboutItself = ({ configRevision, problem, heldBlocks }: HealthSnapshot): string =>
    JSON.stringify([configRevision, problem, heldBlocks]);

  function tell(now: HealthSnapshot, only: (key: string, text: string) => boolean): Health {
    const { configRevision, devices, problem, heldBlocks } = now;
    const next = new Map(devices.map((device) => [device.device, JSON.stringify(device)]));
    const changed = devices.filter(({ device }) => only(device, next.get(device) ?? ''));
    told = next;
    toldAbout = aboutItself(now);
    return { configRevision, devices: changed, problem, heldBlocks };
  }

  return {
    full: () => tell(snapshot(), () => true),
    changes: () => {
      const now = snapshot();
      const before = told;
      const same = toldAbout === aboutItself(now);
      const health = tell(now, (key, text) => before.get(key) !== text);
      return same && health.devices.length === 0 ? undefined : health;
    },
  };
}
