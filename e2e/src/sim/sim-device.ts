import type { SimProcess } from './virtual-time.ts';

/** What is known of one number. */
export interface Served {
  readonly timeUs: number;
  readonly by: SimProcess;
  /** Its source was told that it is safe. */
  isPromised: boolean;
}

/** A device that numbers every answer, whoever asks. */
export interface SimDevice {
  readonly name: string;
  readonly served: readonly Served[];
  /** Returns the number; number n is at index n - 1. */
  serve(timeUs: number, by: SimProcess): number;
  /** A value that goes above a limit and back, and follows from the number. */
  phaseOf(number: number): number;
  /** All that the process was served up to this number is safe. */
  promised(by: SimProcess, upTo: number): void;
}

export function createSimDevice(name: string): SimDevice {
  const served: Served[] = [];
  return {
    name,
    served,
    serve: (timeUs, by) => served.push({ timeUs, by, isPromised: false }),
    phaseOf: (number) => (number % 16) * 12.5,
    promised: (by, upTo) => {
      for (let index = upTo - 1; index >= 0; index -= 1) {
        const one = served[index];
        if (one?.by !== by) continue;
        if (one.isPromised) return;
        one.isPromised = true;
      }
    },
  };
}
