import type { Block } from '@kubeplant/proto';
import { MAX_AHEAD_US, MAX_HELD_US } from './accept-time.ts';
import { addCalculatedSpans } from './calculated-spans.ts';
import type { RunDictionary } from './run-dictionary.ts';
import type { Session } from './session.ts';
import type { ShardLink } from './shard-link.ts';

/** A block that has come. */
interface Arrived {
  readonly link: ShardLink;
  readonly dictionary: RunDictionary;
  readonly block: Block;
  readonly arrivalUs: number;
  /** False: it is asked for again, and its spans come with it. */
  readonly isKept: boolean;
}

/** Spans during which devices were confirmed: kept, and told to the engine, whose delays advance by them. */
export function takeObserved(session: Session, { link, dictionary, block, arrivalUs, isKept }: Arrived): void {
  const { accumulator, catalogue, engine } = session;
  for (const { device: local, fromUs, untilUs } of block.observed) {
    const device = dictionary.devices.get(local);
    if (device === undefined || !catalogue.mayWrite(link.shard, device)) continue;
    const startedUs = Math.max(fromUs, arrivalUs - MAX_HELD_US);
    const endedUs = Math.min(untilUs, arrivalUs + MAX_AHEAD_US);
    const deviceId = catalogue.deviceId(device);
    if (deviceId === undefined || endedUs < startedUs) continue;
    const span = { deviceId, simulated: catalogue.simulated(device), startedUs, endedUs };
    if (isKept) accumulator.spans.add(span);
    if (isKept) addCalculatedSpans(accumulator.spans, span, catalogue.calculatedFrom(device));
    engine.observed(device, endedUs, `${block.run}:${block.seq}:${device}`);
  }
}
