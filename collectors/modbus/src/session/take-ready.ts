import type { Framing } from '../codec/framing.ts';
import type { Lane } from './exchange.ts';

/** Most silent units probed at the same time beside the others. */
const MOST_BESIDE = 16;

/**
 * Take the next lane that may send, oldest first; undefined: none may. With Tcp a suspect lane holds no slot (transaction ids
 * keep replies apart), but has only one request on its way. With RtuOverTcp there is one request on the line, whoever it is for.
 */
export function takeReady(
  ready: Lane[],
  line: { framing: Framing; slotsHeld: number; beside: number; maxInFlight: number },
): Lane | undefined {
  if (line.framing === 'RtuOverTcp') return line.slotsHeld === 0 ? ready.shift() : undefined;
  for (let at = 0; at < ready.length; at++) {
    const lane = ready[at];
    if (lane === undefined) break;
    const maySend = lane.suspect ? lane.inFlight === 0 && line.beside < MOST_BESIDE : line.slotsHeld < line.maxInFlight;
    if (!maySend) continue;
    if (at === 0) ready.shift();
    else ready.splice(at, 1);
    return lane;
  }
  return undefined;
}
