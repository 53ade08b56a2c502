import type { Random } from './create-random.ts';
import type { ModelDatabase } from './model-database.ts';
import { createModelOwner, type ModelOwner, type ModelStream } from './model-owner.ts';
import type { Place, Places } from './model-places.ts';

/** What lies between the collectors and the database. */
export interface ModelWire {
  /** Another owner takes the site; the one before does not know yet, and may go on for a while. */
  follow(): void;
  /** The last owner commits, or one before it that does not know yet. */
  commit(): void;
  commitLast(): void;
  /** One of the collectors is told to poll, the other to stand by. */
  changeTurn(): void;
  /** Carry so many messages each way, on a new stream where there is none. */
  carry(place: Place, messages: number): void;
  /** What owners found wrong with collectors. */
  problems(): readonly string[];
}

/** With one owner, and the turn at the first place. */
export function createModelWire({ random, database, places }: { random: Random; database: ModelDatabase; places: Places }): ModelWire {
  let active: Place = places.all[0];
  let turn = 1;
  const problems = new Set<string>();
  const activeOf = (stream: ModelStream) => ({ epoch: turn, active: active.process?.link.stream === stream });
  const owners: ModelOwner[] = [createModelOwner(database, activeOf)];

  function commitBy(at: number): void {
    if (owners[at]?.commit() || at === owners.length - 1) return;
    for (const ended of owners.splice(0, at + 1)) for (const problem of ended.problems) problems.add(problem);
  }

  return {
    follow: () => {
      owners.push(createModelOwner(database, activeOf));
      for (const { process } of places.all) process?.link.disconnect();
    },
    commit: () => commitBy(owners.length > 1 && random.chance(0.3) ? owners.length - 2 : owners.length - 1),
    commitLast: () => commitBy(owners.length - 1),
    changeTurn: () => {
      active = places.any();
      turn++;
      for (const place of places.all) {
        const standing = place === active ? 1 : 2;
        place.process?.link.stream?.down.push({ message: { $case: 'turn', value: { epoch: turn, standing, reason: '' } } });
      }
    },
    carry: ({ process }, messages) => {
      if (process === undefined) return;
      const { link } = process;
      if (link.stream === undefined) link.connect({ up: [], down: [], open: true });
      for (let i = 0; i < messages && link.stream; i++) {
        owners.at(-1)?.take(link.stream);
        if (link.stream.up.length === 0) link.drained();
        link.take();
      }
    },
    problems: () => [...problems, ...owners.flatMap((owner) => owner.problems)],
  };
}
