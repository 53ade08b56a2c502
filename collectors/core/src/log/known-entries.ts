import { Block, Run } from '@kubeplant/proto';

/** Entries of a run's dictionary that are at hand. */
export interface KnownEntries {
  /** Take those of a serialized Run. */
  learn(run: Buffer): void;
  /** Whether every number in a serialized Block is one of them. */
  explain(block: Buffer): boolean;
}

/** None at first. */
export function createKnownEntries(): KnownEntries {
  const devices = new Set<number>();
  const tags = new Set<number>();
  return {
    learn: (bytes) => {
      const run = Run.decode(bytes);
      for (const { id } of run.devices) devices.add(id);
      for (const { id } of run.tags) tags.add(id);
    },
    explain: (bytes) => {
      const { tag, texts, observed } = Block.decode(bytes);
      return (
        tag.every((id) => tags.has(id)) && texts.every((text) => tags.has(text.tag)) && observed.every(({ device }) => devices.has(device))
      );
    },
  };
}
