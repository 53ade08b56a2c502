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
  /** So far may the time of a reading be from when it was served, milliseconds. */
  readonly apartMs?: number;
}

/** Nothing missing has come for so long: nothing more is expected. A slow machine that gets on is given all the time it needs. */
const IDLE_MS = 60_000;
/** The same where what is still missing may be missing. */
const ALLOWED_IDLE_MS = 3_000;
/** Of what was served after the mark so many are stored: recording goes on. */
const LATER = 5;

/** Wait until what was served up to now is stored, then compare. A reading that stays away is named, with all else that does not hold. */
export async function settle(
  rig: Rig,
  { allowed = {}, announced }: { readonly allowed?: Allowed; readonly announced?: ReadonlySet<string> } = {},
): Promise<{ readonly counts: Counts; readonly broken: string[]; readonly recorded: number; readonly resumedMs: number }> {
  const mark = rig.device.servedMs.length;
  const beganMs = Date.now();
  const isRecording = await waitWhileProgress(rig, mark, allowed);
  const resumedMs = Date.now() - beganMs;
  const counts = await checkCounts(rig.databaseUrl, rig.device, mark, allowed.apartMs);
  const { recorded, unrecorded } = await compareAnnounced(rig.databaseUrl, announced ?? new Set());
  const broken = [
    ...(isRecording ? [] : ['nothing that was served after the faults is stored']),
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

/** False: nothing of what was served after the mark is being stored. */
async function waitWhileProgress(rig: Rig, mark: number, { lost: mayBeLost = 0, apartMs }: Allowed): Promise<boolean> {
  let missing = Number.POSITIVE_INFINITY;
  let progressMs = Date.now();
  for (;;) {
    const beganMs = Date.now();
    const now = await checkCounts(rig.databaseUrl, rig.device, mark, apartMs).catch(() => undefined); // the database may be away
    if (now !== undefined && now.lost < missing) {
      missing = now.lost;
      progressMs = Date.now();
    }
    const isRecording = now !== undefined && now.stored > mark - now.lost + LATER;
    const idleMs = Date.now() - progressMs;
    if (isRecording && (missing === 0 || (missing <= mayBeLost && idleMs > ALLOWED_IDLE_MS))) return true;
    const tookMs = Date.now() - beganMs;
    if (idleMs > Math.max(IDLE_MS, 3 * tookMs)) return isRecording;
    await sleep(Math.max(100, tookMs)); // tens of millions of rows take a while, and the plant runs on the same machine
  }
}

const describe = (missing: Counts['missing']): string =>
  missing
    .slice(0, 8)
    .map(({ first, last }) => (first === last ? String(first) : `${first}–${last}`))
    .join(', ');
