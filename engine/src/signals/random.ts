/** Repeatable chance: the same seed and name give the same numbers. */
export interface Random {
  /** Evenly spread in [0, 1). */
  uniform(): number;
  /** Normally distributed, mean 0, standard deviation 1. */
  normal(): number;
}

/** Chance for one purpose; streams of different names do not disturb each other. */
export function createRandom(seed: number, name: string): Random {
  let state = seed | 0;
  for (let index = 0; index < name.length; index += 1) state = mix(state ^ name.charCodeAt(index));
  const uniform = (): number => {
    state = (state + 0x9e3779b9) | 0;
    return mix(state) / 2 ** 32;
  };
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  return { uniform, normal };
}

/** Spread the bits of a 32-bit number (the finalizer of MurmurHash3). */
function mix(value: number): number {
  let bits = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
