import type { Block } from '@kubeplant/proto';
import type { EventRow } from './prepared.ts';

const WHY: Readonly<Record<string, string>> = {
  BufferFull: 'its buffer was full',
  BufferTooOld: 'they waited longer than its buffer may hold them',
  BufferDamaged: 'its buffer was damaged',
  DiskFailed: 'its disk failed',
};

/** Journalled when a collector gave up readings before they were committed: history has a gap there. */
export function lossEvents(shard: string, block: Pick<Block, 'run' | 'seq' | 'droppedBefore' | 'lost'>, nowUs: number): EventRow[] {
  const { run, seq, droppedBefore, lost } = block;
  const events = lost.map(({ fromUs, untilUs, readings, blocks, reason }) => ({
    timeUs: nowUs,
    kind: 'ReadingsLost',
    message: `${readings} readings from ${at(fromUs)} to ${at(untilUs)} were lost in collector ${shard}: ${WHY[reason] ?? reason}`,
    details: { shard, run, seq, fromUs, untilUs, readings, blocks, reason },
  }));
  if (droppedBefore === 0) return events;
  const message = `${droppedBefore} readings were lost in collector ${shard}: its buffer was full`;
  return [...events, { timeUs: nowUs, kind: 'ReadingsLost', message, details: { shard, run, seq, readings: droppedBefore } }];
}

/** Any number of microseconds as a text; what is no date stays a number. */
function at(us: number): string {
  const date = new Date(us / 1000);
  return Number.isNaN(date.getTime()) ? `${us} µs` : date.toISOString();
}
