/** Choices of a history, the same for the same seed. */
export interface Random {
  /** 0…1. */
  next(): number;
  /** 0…below-1. */
  below(below: number): number;
  /** True so often. */
  chance(probability: number): boolean;
}

/** By mulberry32. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return { next, below: (below) => Math.floor(next() * below), chance: (probability) => next() < probability };
}
