import { explainWriteError } from '@kubeplant/kit';
import type { DataDirectory } from './data-directory.ts';
import { type PlantState, writePlantState } from './state-file.ts';

const RETRY_MS = 5000;

/**
 * Writes what `status` and `down` read, as soon as there is something to write. A full disk must not end the plant: it is told
 * once, and tried again until it works.
 */
export function createStateWriter(
  notice: (message: string) => void,
  data: DataDirectory,
  present: () => PlantState | undefined,
  retryMs = RETRY_MS,
): () => void {
  let refused = false;
  let retry: NodeJS.Timeout | undefined;
  const write = (): void => {
    clearTimeout(retry);
    const state = present();
    if (state === undefined) return;
    try {
      writePlantState(data, state);
      refused = false;
    } catch (error) {
      if (!refused) notice(`the state of the plant could not be written to ${data.root}: ${explainWriteError(error) ?? String(error)}`);
      refused = true;
      retry = setTimeout(write, retryMs).unref();
    }
  };
  return write;
}
