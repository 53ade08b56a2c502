import { signalProcess, waitUntilGone } from './process-identity.ts';
import type { PlantState, ProcessState } from './state-file.ts';

/**
 * Children of an `up` that was killed end by themselves when their connection to it closes; wait for that, and end
 * what does not. PostgreSQL does not notice: its own pid file tells where it is.
 */
export async function endLeftovers(state: PlantState | undefined): Promise<number> {
  const left = (state?.processes ?? []).filter(isIdentified).filter(({ name }) => name !== 'postgres');
  const slow = await waitUntilGone(left, 8000);
  for (const identity of slow) signalProcess(identity, 'SIGKILL');
  await waitUntilGone(slow, 2000);
  return slow.length;
}

const isIdentified = (process: ProcessState): process is ProcessState & { pid: number; started: string } =>
  process.pid !== undefined && process.started !== undefined;
