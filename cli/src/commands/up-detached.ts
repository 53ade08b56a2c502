import { spawn } from 'node:child_process';
import { mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { CommandError } from '../command-error.ts';
import { commandPath } from '../entry-path.ts';
import { dataDirectory } from '../plant/data-directory.ts';
import { inDataDirectory } from '../plant/in-data-directory.ts';

/** Start `up` in the background and wait until it is ready; what it says goes to `logs/up.log`. */
export async function startDetached(
  rawArgs: readonly string[],
  args: { readonly data: string; readonly json?: boolean | undefined; readonly _: readonly string[] },
): Promise<void> {
  if (args._.includes('-')) throw new CommandError('--detach cannot read standard input: write the YAML to a file', 2);
  const data = dataDirectory(args.data);
  const { logs } = data;
  inDataDirectory(data, () => mkdirSync(logs, { recursive: true, mode: 0o700 }));
  const logFile = join(logs, 'up.log');
  const passed = rawArgs.filter((arg) => arg !== '--detach' && arg !== '--json' && !/^--(detach|json)=/.test(arg));
  const child = spawn(
    process.execPath,
    ['--title=kubeplant: up', '--disable-warning=ExperimentalWarning', commandPath(), 'up', ...passed, '--json'],
    {
      detached: true,
      stdio: ['ignore', 'pipe', openSync(logFile, 'w', 0o600)],
    },
  );
  const { stdout } = child;
  if (stdout === null) throw new Error('the background process has no output');
  // A pipe would end the background process when we are gone: it goes on writing, into nothing, once this is closed.
  stdout.on('error', () => undefined);
  const ready = await new Promise<{ readonly url: string; readonly passwordFile: string; readonly username: string }>((resolve, reject) => {
    createInterface({ input: stdout }).on('line', (line) => {
      if (args.json) process.stdout.write(`${line}\n`);
      const event = JSON.parse(line);
      if (event.event === 'ready') resolve(event);
      else if (!args.json && event.event === 'step')
        process.stderr.write(`✓ ${event.step} ${(event.ms / 1000).toFixed(1)} s ${event.detail}\n`);
    });
    child.once('exit', () =>
      reject(
        new CommandError(
          readFileSync(logFile, 'utf8')
            .trim()
            .replace(/^kubeplant: /, '') || 'the plant did not start',
        ),
      ),
    );
  });
  if (!args.json)
    process.stdout.write(
      `\n  Console   ${ready.url}\n  User      ${ready.username}\n  Password  in ${ready.passwordFile}\n\nIt runs in the background: kubeplant status, kubeplant down.\nWhat is wrong with a saved file is said in ${join(logs, 'operator.log')}.\n`,
    );
  stdout.destroy();
  child.unref();
}
