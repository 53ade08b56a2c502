import type { ScopedClient } from '../ports.ts';
import type { Store } from '../store/create-store.ts';
import { markHistory } from '../store/rollups/mark-history.ts';
import { removeAlarmStates, writeAlarmStates, writeTransitions } from './alarm-rows.ts';
import type { Batch } from './batch.ts';
import type { Attempt } from './attempt.ts';
import { assertEpoch, Restored } from './claim-site.ts';
import { copyBlocks, copyCarefully } from './copy-blocks.ts';
import { isDataError } from './data-error.ts';
import { removeLateSpans, writeLateSpans } from './late/late-spans.ts';
import { writeObserved } from './observed-spans.ts';
import type { QuarantineRow } from './prepared.ts';
import { RangeSet } from './range-set.ts';
import { writeEvents, writeProgress, writeQuarantine } from './write-rows.ts';

interface Owner {
  readonly tenant: string;
  readonly site: string;
  readonly epoch: number;
  /** What is committed of a run, as far as the owner knows. */
  readonly committed: (shard: string, run: string) => RangeSet;
}

/** Result of a commit: what the database refused and is in quarantine now. */
export interface Committed {
  readonly refused: readonly QuarantineRow[];
}

type OwnerClient = Parameters<Parameters<Store['withOwnerScope']>[1]>[0];

/**
 * Write a batch in one transaction that checks the epoch. Where the database refuses what a row holds, the batch is
 * written again with care and that row alone goes to quarantine. Any other error rejects: whether it is written is not
 * known then, and `recoverSite` finds out.
 */
export async function commitBatch(store: Store, owner: Owner, batch: Batch, attempt: Attempt): Promise<Committed> {
  await ensurePartitions(store, batch);
  try {
    await transact({ owner, attempt }, (client) => writeAll(client, owner, batch));
    return { refused: [] };
  } catch (error) {
    if (!isDataError(error)) throw error;
    const refused: QuarantineRow[] = [];
    await transact({ owner, attempt }, (client) => writeWithCare(client, owner, batch, refused));
    return { refused };
  }
}

interface Transaction {
  readonly owner: Owner;
  readonly attempt: Attempt;
}

function transact({ owner, attempt }: Transaction, write: (client: OwnerClient) => Promise<void>): Promise<void> {
  return attempt.withOwnerScope({ grants: [{ tenant: owner.tenant, site: owner.site }] }, async (client) => {
    await assertEpoch(client, owner);
    await write(client);
  });
}

async function ensurePartitions(store: Store, batch: Batch): Promise<void> {
  for (const { fromUs, untilUs } of batch.blocks)
    if (fromUs <= untilUs && !store.partitions.covers(fromUs, untilUs)) await store.partitions.ensure(fromUs, untilUs);
  const { fromUs, untilUs } = batch.calculatedTimes;
  if (fromUs <= untilUs && !store.partitions.covers(fromUs, untilUs)) await store.partitions.ensure(fromUs, untilUs);
}

/** The database holds what it has acknowledged; else it was restored to an earlier point. */
function assertKept(owner: Owner, written: Awaited<ReturnType<typeof writeProgress>>): void {
  for (const { shard, run, committed } of written)
    if (!new RangeSet(committed).hasAll(owner.committed(shard, run).ranges())) throw new Restored(`blocks of run ${run} of shard ${shard}`);
}

async function writeAll(client: OwnerClient, owner: Owner, batch: Batch): Promise<void> {
  await copyBlocks(client, batch);
  assertKept(owner, await writeProgress(client, owner, batch.progress));
  await writeObserved(client, batch.observed);
  await markBatch(client, owner, batch);
  await writeAlarms(client, owner, batch);
  await writeLate(client, owner, batch);
  await writeEvents(client, owner, batch.events);
  await writeQuarantine(client, owner, batch.quarantined);
}

/** Sums of what this changes are reckoned anew. */
const markBatch = (client: OwnerClient, owner: Owner, { blocks, calculated, grown, cutUs }: Batch): Promise<void> =>
  markHistory(client, owner, {
    nowUs: cutUs,
    rows: [
      ...blocks.map(({ readings, fromUs, untilUs }) => ({ parts: readings.map((part) => part.bytes), fromUs, untilUs })),
      ...(calculated.rows > 0 ? [{ parts: calculated.readings().map((part) => part.bytes), fromUs: 0, untilUs: 0 }] : []),
    ],
    grown: grown.map(({ deviceId, startedUs, endedUs }) => ({ deviceId, fromUs: startedUs, toUs: endedUs })),
  });

async function writeAlarms(client: ScopedClient, owner: Owner, batch: Batch): Promise<void> {
  await writeAlarmStates(client, owner, batch.changes.states);
  await removeAlarmStates(client, owner, batch.changes.removed);
  await writeTransitions(client, owner, batch.changes.transitions);
}

/** What came late since it was evaluated goes on being marked. */
async function writeLate(client: ScopedClient, owner: Owner, { lateSpans, lateEvaluated }: Batch): Promise<void> {
  await writeLateSpans(client, owner, lateSpans);
  await removeLateSpans(client, owner, lateEvaluated);
}

async function writeWithCare(client: OwnerClient, owner: Owner, batch: Batch, refused: QuarantineRow[]): Promise<void> {
  refused.push(...(await copyCarefully(client, batch)));
  assertKept(owner, await writeProgress(client, owner, batch.progress));
  await markBatch(client, owner, batch);
  await writeLate(client, owner, batch);
  const apart = async (name: string, held: unknown, write: () => Promise<void>) => {
    const detail = await tryApart(client, write);
    if (detail !== undefined)
      refused.push({
        shard: '',
        run: '',
        seq: 0,
        rows: 1,
        reason: 'RefusedByDatabase',
        detail: `${name}: ${detail}: ${JSON.stringify(held)}`,
      });
  };
  await apart('observed', batch.observed, () => writeObserved(client, batch.observed));
  await apart('alarms', batch.changes, () => writeAlarms(client, owner, batch));
  await apart('events', batch.events, () => writeEvents(client, owner, batch.events));
  await writeQuarantine(client, owner, [...batch.quarantined, ...refused]);
}

/** Run behind a savepoint; the database's words when it refuses the data. */
async function tryApart(client: ScopedClient, write: () => Promise<void>): Promise<string | undefined> {
  await client.query('SAVEPOINT apart');
  try {
    await write();
    await client.query('RELEASE apart');
    return undefined;
  } catch (error) {
    if (!isDataError(error)) throw error;
    await client.query('ROLLBACK TO apart');
    return error.message;
  }
}
