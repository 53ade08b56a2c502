import type { Report } from '@kubeplant/operator-local';
import { formatProblem } from '@kubeplant/operator-local';
import { paint } from '../output/paint.ts';

/** Where `up` says what it does. */
export interface Reporter {
  /** Run a step and print its line with its time. */
  step<T>(name: string, run: () => Promise<T>, detail: (result: T) => string): Promise<T>;
  notice(message: string): void;
  /** What the YAML has to be told; only what is new since the last reading. */
  report(report: Report): void;
  ready(ready: {
    readonly url: string;
    readonly username: string;
    readonly passwordFile: string;
    readonly password: string | undefined;
    readonly logs: string;
  }): void;
}

interface Streams {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

export function createReporter({ stdout, stderr }: Streams, json: boolean, nowMs: () => number = () => performance.now()): Reporter {
  const begunMs = nowMs();
  const event = (value: object): void => void stdout.write(`${JSON.stringify(value)}\n`);
  const line = (text: string): void => void stderr.write(`${text}\n`);
  let said = new Set<string>();
  return {
    step: async (name, run, detail) => {
      const startMs = nowMs();
      const result = await run();
      const ms = Math.round(nowMs() - startMs);
      if (json) event({ event: 'step', step: name, ms, detail: detail(result) });
      else line(`${paint('green', '✓')} ${name.padEnd(11)} ${seconds(ms)}  ${detail(result)}`);
      return result;
    },
    notice: (message) => (json ? event({ event: 'notice', message }) : line(message)),
    report: (report) => {
      const problems = report.problems.map((problem) => ({ problem, text: formatProblem(problem) }));
      for (const { problem, text } of problems.filter(({ text: known }) => !said.has(known))) {
        if (json) event({ event: 'problem', ...problem });
        else line(`${paint(problem.severity === 'Error' ? 'red' : 'yellow', problem.severity.toLowerCase())} ${text}`);
      }
      const held = report.held.map((file) => `${file} is not in force as it stands: the plant keeps what it last had of it`);
      for (const text of held.filter((known) => !said.has(known))) json ? event({ event: 'notice', message: text }) : line(text);
      const mended = [...said].some((text) => !problems.some((problem) => problem.text === text) && !held.includes(text));
      if (mended && problems.length === 0)
        json ? event({ event: 'notice', message: 'all files are in force again' }) : line('all files are in force again');
      said = new Set([...problems.map(({ text }) => text), ...held]);
    },
    ready: ({ url, username, passwordFile, password, logs }) => {
      if (json) return event({ event: 'ready', url, username, passwordFile });
      line(`${paint('green', '✓')} ready       ${seconds(nowMs() - begunMs)}  logs in ${logs}`);
      stdout.write(
        `\n  Console   ${url}\n  User      ${username}\n  Password  ${password ?? `as you set it (the first one was in ${passwordFile})`}\n\n`,
      );
      line('Ctrl-C stops the plant.');
    },
  };
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`.padStart(6);
