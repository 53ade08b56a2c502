import type { ArgsDef, CommandDef } from 'citty';
import { defineCommand } from 'citty';
import { CommandError } from '../command-error.ts';

const SHELLS = ['bash', 'zsh', 'fish'] as const;

/** Words that may follow a command, beside its flags and file names. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  get: ['sites', 'devices', 'tags', 'alarms', 'rules'],
  completion: SHELLS,
};

interface Completed {
  readonly name: string;
  readonly description: string;
  readonly flags: readonly Flag[];
}

interface Flag {
  readonly name: string;
  readonly description: string;
  /** What may follow it; undefined: nothing does. */
  readonly values?: readonly string[];
}

/** The command that prints completion scripts for these commands. */
export const createCompletion = (subcommands: Readonly<Record<string, () => Promise<CommandDef>>>) =>
  defineCommand({
    meta: { name: 'completion', description: 'Print a script that completes commands and flags in your shell.' },
    args: { shell: { type: 'positional', required: true, description: SHELLS.join(', '), valueHint: 'SHELL' } },
    run: async ({ args }) => {
      const shell = SHELLS.find((known) => known === args.shell);
      if (shell === undefined) throw new CommandError(`there is no completion for "${args.shell}": use ${SHELLS.join(', ')}`, 2);
      const commands: Completed[] = [];
      for (const [name, load] of Object.entries(subcommands)) commands.push(describe(name, await load()));
      process.stdout.write({ bash: toBash, zsh: toZsh, fish: toFish }[shell](commands));
    },
  });

function describe(name: string, command: CommandDef): Completed {
  // Our commands declare meta and args as plain objects.
  const args = (command.args ?? {}) as ArgsDef;
  const flags = Object.entries(args).filter(([, { type }]) => type !== 'positional');
  return {
    name,
    description: (command.meta as { description?: string } | undefined)?.description ?? '',
    flags: [
      ...flags.map(
        ([flag, { type, description = '' }]): Flag => ({
          name: flag,
          description,
          ...(type !== 'boolean' && { values: valuesIn(description) }),
        }),
      ),
      { name: 'help', description: 'Show how to use it.' },
    ],
  };
}

/** A description that lists words says all that may follow the flag. */
const valuesIn = (description: string): readonly string[] => (/^\w+(, \w+)+$/.test(description) ? description.split(', ') : []);

function toBash(commands: readonly Completed[]): string {
  const values = commands.flatMap(({ name, flags }) =>
    flags.flatMap((flag) => (flag.values?.length ? [`    "${name} --${flag.name}") words="${flag.values.join(' ')}" ;;`] : [])),
  );
  const cases = commands.map(
    ({ name, flags }) => `    ${name}) words="${[...flags.map((flag) => `--${flag.name}`), ...(WORDS[name] ?? [])].join(' ')}" ;;`,
  );
  return `# kubeplant completion for bash: source <(kubeplant completion bash)
_kubeplant() {
  local current="\${COMP_WORDS[COMP_CWORD]}" words
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${commands.map(({ name }) => name).join(' ')} --help --version" -- "$current"))
    return
  fi
  case "\${COMP_WORDS[1]} \${COMP_WORDS[COMP_CWORD-1]}" in
${values.join('\n')}
  esac
  if [ -n "$words" ]; then
    COMPREPLY=($(compgen -W "$words" -- "$current"))
    return
  fi
  case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current") $(compgen -f -- "$current"))
}
complete -o filenames -F _kubeplant kubeplant
`;
}

const quote = (text: string): string => text.replaceAll("'", "'\\''").replaceAll(':', '\\:').replaceAll('[', '\\[').replaceAll(']', '\\]');

function toZshValues({ values }: Flag): string {
  if (values === undefined) return '';
  return values.length > 0 ? `:value:(${values.join(' ')})` : ':value:_files';
}

function toZsh(commands: readonly Completed[]): string {
  const cases = commands.map(({ name, flags }) => {
    const options = flags.map((flag) => `'--${flag.name}[${quote(flag.description)}]${toZshValues(flag)}'`);
    const words = WORDS[name] === undefined ? "'*:file:_files'" : `'*:word:(${WORDS[name].join(' ')})'`;
    return `    ${name}) _arguments ${[...options, words].join(' ')} ;;`;
  });
  return `#compdef kubeplant
# kubeplant completion for zsh: put it into a folder of $fpath as _kubeplant
_kubeplant() {
  if (( CURRENT == 2 )); then
    local -a commands=(${commands.map(({ name, description }) => `'${name}:${quote(description)}'`).join(' ')})
    _describe command commands
    return
  fi
  local command="\${words[2]}"
  shift words
  (( CURRENT-- ))
  case "$command" in
${cases.join('\n')}
  esac
}
if [ "$funcstack[1]" = "_kubeplant" ]; then _kubeplant "$@"; else compdef _kubeplant kubeplant; fi
`;
}

function toFishValues({ values }: Flag): string {
  if (values === undefined) return '';
  return values.length > 0 ? `-x -a '${values.join(' ')}' ` : '-r ';
}

function toFish(commands: readonly Completed[]): string {
  const text = (value: string): string => `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  const lines = commands.flatMap(({ name, description, flags }) => [
    `complete -c kubeplant -n __fish_use_subcommand -a ${name} -d ${text(description)}`,
    ...flags.map(
      (flag) =>
        `complete -c kubeplant -n '__fish_seen_subcommand_from ${name}' -l ${flag.name} ${toFishValues(flag)}-d ${text(flag.description)}`,
    ),
    ...(WORDS[name] === undefined
      ? []
      : [`complete -c kubeplant -f -n '__fish_seen_subcommand_from ${name}' -a '${WORDS[name].join(' ')}'`]),
  ]);
  return `# kubeplant completion for fish: kubeplant completion fish > ~/.config/fish/completions/kubeplant.fish\n${lines.join('\n')}\n`;
}
