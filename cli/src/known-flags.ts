import type { ArgsDef, CommandDef } from 'citty';
import { CommandError } from './command-error.ts';

/** The parser takes any flag: a mistyped one must not be ignored. */
export async function assertKnownFlags(name: string, command: CommandDef, rawArgs: readonly string[]): Promise<void> {
  const args = ((typeof command.args === 'function' ? await command.args() : await command.args) ?? {}) as ArgsDef;
  const known = new Map(
    Object.entries(args)
      .filter(([, { type }]) => type !== 'positional')
      .flatMap(([flag, definition]) =>
        [flag, ...[(definition as { alias?: string | string[] }).alias ?? []].flat()].map((word) => [word, definition.type] as const),
      ),
  );
  for (let index = 0; index < rawArgs.length; index += 1) {
    const arg = rawArgs[index] ?? '';
    if (arg === '--') return;
    if (!/^-./.test(arg)) continue;
    const [word = '', value] = arg.replace(/^--?/, '').split('=', 2);
    const type = known.get(word) ?? (word.startsWith('no-') ? known.get(word.slice(3)) : undefined);
    if (type === undefined)
      throw new CommandError(
        `${name} has no flag ${arg.split('=')[0]}: use ${[...known.keys()].map((flag) => (flag.length === 1 ? `-${flag}` : `--${flag}`)).join(', ') || 'none'}`,
        2,
      );
    if (type === 'boolean' || value !== undefined) continue;
    if (rawArgs[index + 1] === undefined || /^--./.test(rawArgs[index + 1] ?? '')) throw new CommandError(`${arg} needs a value`, 2);
    index += 1;
  }
}
