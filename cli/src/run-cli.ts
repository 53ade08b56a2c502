import { readFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import { type CommandDef, defineCommand, renderUsage, runCommand } from 'citty';
import { CommandError } from './command-error.ts';
import { manifestPath } from './entry-path.ts';
import { SUBCOMMANDS } from './commands/index.ts';
import { assertKnownFlags } from './known-flags.ts';

const root = defineCommand({
  meta: { name: 'kubeplant', description: 'Runs industrial plants from YAML: on this machine, or looks into one that runs elsewhere.' },
  subCommands: SUBCOMMANDS as Record<string, () => Promise<CommandDef>>,
});

/** Run a command line; resolves with the exit code: 0 done, 1 failed, 2 wrong usage. */
export async function runCli(argv: readonly string[]): Promise<number> {
  try {
    return await dispatch(argv);
  } catch (thrown) {
    // What a client wrapped, such as that an api hangs, says more than the wrapping.
    const error = thrown instanceof Error && thrown.cause instanceof CommandError ? thrown.cause : thrown;
    if (error instanceof CommandError) {
      if (error.message !== '') process.stderr.write(`kubeplant: ${error.message}\n`);
      return error.exitCode;
    }
    const { code, message, stack } = error as { code?: unknown; message: string; stack?: string };
    // Codes of the argument parser: a value or a positional is missing.
    if (typeof code === 'string' && /^E(ARG|_)/.test(code)) {
      process.stderr.write(`kubeplant: ${message} (see --help)\n`);
      return 2;
    }
    process.stderr.write(`kubeplant: ${process.env.KUBEPLANT_LOG_LEVEL === 'debug' ? stack : message}\n`);
    return 1;
  }
}

async function dispatch(argv: readonly string[]): Promise<number> {
  const [name, ...rest] = argv;
  if (name === '--version' || name === '-v') {
    process.stdout.write(`${JSON.parse(readFileSync(manifestPath(), 'utf8')).version}\n`);
    return 0;
  }
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    writeUsage(name === undefined ? process.stderr : process.stdout, await renderUsage(root as CommandDef));
    return name === undefined ? 2 : 0;
  }
  const load = Object.hasOwn(SUBCOMMANDS, name) ? SUBCOMMANDS[name] : undefined;
  if (load === undefined) throw new CommandError(`there is no command "${name}": use ${Object.keys(SUBCOMMANDS).join(', ')}`, 2);
  const command = await load();
  if (rest.includes('--help') || rest.includes('-h')) {
    writeUsage(process.stdout, await renderUsage(command, root as CommandDef));
    return 0;
  }
  await assertKnownFlags(name, command, rest);
  const { result } = await runCommand(command, { rawArgs: [...rest] });
  return typeof result === 'number' ? result : 0;
}

/** The renderer always colours. */
function writeUsage(stream: NodeJS.WriteStream, usage: string): void {
  stream.write(`${stream.isTTY && !process.env.NO_COLOR ? usage : stripVTControlCharacters(usage)}\n`);
}
