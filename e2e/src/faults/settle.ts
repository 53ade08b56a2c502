import { setTimeout as sleep } from 'node:timers/promises';
import { checkCounts, type Counts } from './check-counts.ts';
import type { Rig } from './rig.ts';
import { compareAnnounced } from './watch-announced.ts';

/** Ask again until it holds; false when it did not within the time. */
export async function until(check: () => Promise<boolean> | boolean, timeoutMs: number): Promise<boolean> {
  const deadlineMs = Date.now() + timeoutMs;
  for (;;) {
    if (await Promise.resolve(check()).catch(() => false)) return true; // the database may be away
    if (Date.now() > deadlineMs) return false;
    await sleep(100);
  }
}

/** What a case allows to be missing. */
export interface Allowed {
  /** Numbers that may be missing; none unless said. */
  readonly lost?: number;
}

/** Wait until what was served up to now is stored, then compare. A reading that stays away is named, with all else that does not hold. */
export async function settle(
  rig: Rig,
  {
    allowed = {},
    announced,
    withinMs = 30_000,
  }: { readonly allowed?: Allowed; readonly announced?: ReadonlySet<string>; readonly withinMs?: number } = {},
): Promise<{ readonly counts: Counts; readonly broken: string[]; readonly recorded: number; readonly resumedMs: number }> {
  const mark = rig.device.servedMs.length;
  const beganMs = Date.now();
  const isThere = async (): Promise<boolean> => {
    const { missing, served } = await checkCounts(rig.databaseUrl, rig.device.servedMs, rig.device.servedMs.length);
    return served > mark + 5 && (missing.at(-1)?.first ?? 0) > mark; // only what is on its way now
  };
  await until(async () => (await isThere()) || (await lostOnly(rig, mark, allowed)), withinMs);
  const resumedMs = Date.now() - beganMs;
  const counts = await checkCounts(rig.databaseUrl, rig.device.servedMs, mark);
  const { recorded, unrecorded } = await compareAnnounced(rig.databaseUrl, announced ?? new Set());
  const broken = [
    ...(counts.lost > (allowed.lost ?? 0)
      ? [`${counts.lost} numbers are missing, ${allowed.lost ?? 0} may be: ${describe(counts.missing)}`]
      : []),
    ...(counts.doubles > 0 ? [`${counts.doubles} rows are double`] : []),
    ...(counts.wrong > 0 ? [`${counts.wrong} rows hold what was never served at their time`] : []),
    ...(counts.quarantined > 0 ? [`${counts.quarantined} blocks are in quarantine`] : []),
    ...(unrecorded.length > 0 ? [`${unrecorded.length} announced transitions are not recorded: ${unrecorded.slice(0, 3).join(', ')}`] : []),
  ];
  return { counts, broken, recorded, resumedMs };
}

/** All that was served after the mark is coming in, and before it only what may be missing is. */
async function lostOnly(rig: Rig, mark: number, allowed: Allowed): Promise<boolean> {
  if (allowed.lost === undefined) return false;
  const { lost } = await checkCounts(rig.databaseUrl, rig.device.servedMs, mark);
  const later = await checkCounts(rig.databaseUrl, rig.device.servedMs, rig.device.servedMs.length);
  return lost <= allowed.lost && later.stored > mark - lost + 5;
}

const describe = (missing: Counts['missing']): string =>
  missing
    .slice(0, 8)
    .map(({ first, last }) => (first === last ? String(first) : `${first}–${last}`))
    .join(', ');
