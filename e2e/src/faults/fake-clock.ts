import { globSync, writeFileSync } from 'node:fs';

/** A wall clock of one process that steps, while its monotonic clock goes on. */
export interface FakeClock {
  readonly env: Readonly<Record<string, string>>;
  /** Seconds ahead of the machine's clock. */
  set(offsetSeconds: number): void;
}

/** Debian's package libfaketime, or where KUBEPLANT_FAULT_FAKETIME says. Undefined where it is not installed. */
export function findFaketime(): string | undefined {
  return process.env.KUBEPLANT_FAULT_FAKETIME ?? globSync('/usr/lib/*/faketime/libfaketime.so.1')[0];
}

/** A clock that goes right until it is set; the process reads `file` each time it asks. */
export function createFakeClock(library: string, file: string): FakeClock {
  const set = (offsetSeconds: number): void => writeFileSync(file, `${offsetSeconds < 0 ? '' : '+'}${offsetSeconds}`);
  set(0);
  const env = { LD_PRELOAD: library, FAKETIME_TIMESTAMP_FILE: file, FAKETIME_NO_CACHE: '1', DONT_FAKE_MONOTONIC: '1' };
  return { env, set };
}
