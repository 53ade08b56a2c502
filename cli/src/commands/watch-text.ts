import { setTimeout as wait } from 'node:timers/promises';

const INTERVAL_MS = 1000;

/** Show a text again whenever it changed, until Ctrl-C: in place on a terminal, else only the lines that are new. */
export async function watchText(show: (signal: AbortSignal) => Promise<string>): Promise<void> {
  const controller = new AbortController();
  process.once('SIGINT', () => controller.abort());
  process.once('SIGTERM', () => controller.abort());
  let before: readonly string[] = [];
  while (!controller.signal.aborted) {
    try {
      const text = await show(controller.signal);
      const lines = text.split('\n');
      if (process.stdout.isTTY) process.stdout.write(`\u001b[2J\u001b[H${text}\n`);
      else for (const line of lines.filter((candidate) => !before.includes(candidate))) process.stdout.write(`${line}\n`);
      before = lines;
      await wait(INTERVAL_MS, undefined, { signal: controller.signal });
    } catch (error) {
      if (!controller.signal.aborted) throw error;
    }
  }
}
