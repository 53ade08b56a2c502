import type { ConfigField } from './config-field.ts';

/** The variables a process reads, by the name its code uses. */
export type ConfigSpec = Readonly<Record<string, ConfigField<unknown>>>;

/** What `readConfig` makes of a spec. */
export type ConfigOf<S extends ConfigSpec> = { readonly [K in keyof S]: S[K] extends ConfigField<infer T> ? T : never };

/** A row of the configuration reference. */
export interface ConfigDescription {
  readonly env: string;
  readonly type: string;
  readonly default: string | undefined;
  readonly required: boolean;
  readonly description: string;
}

/** The environment does not fit; the message names every variable that is wrong, its text and the fix. */
export class ConfigError extends Error {
  readonly code = 'InvalidConfiguration';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`the environment does not fit: ${problems.join('; ')}`);
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/** Name a process' variables; a place for the types to be inferred. */
export const defineConfig = <const S extends ConfigSpec>(spec: S): S => spec;

/** Read the variables of `spec` from `env`. Unset and empty are the same. Throws a ConfigError with all problems at once. */
export function readConfig<const S extends ConfigSpec>(spec: S, env: Readonly<Record<string, string | undefined>>): ConfigOf<S> {
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [key, field] of Object.entries(spec)) {
    const raw = env[field.env] || field.default;
    if (raw === undefined || raw === '') {
      if (!field.optional && raw === undefined) problems.push(`${field.env} is not set: ${field.description}`);
      values[key] = field.default === '' ? field.parse('') : undefined;
      continue;
    }
    const value = field.parse(raw);
    if (value instanceof Error) problems.push(`${field.env}="${raw}" ${value.message}`);
    else values[key] = value;
  }
  if (problems.length > 0) throw new ConfigError(problems);
  // Every key of the spec has been filled with what its own field parsed.
  return values as ConfigOf<S>;
}

/** Rows of the configuration reference, in the order of the spec. */
export function describeConfig(spec: ConfigSpec): ConfigDescription[] {
  return Object.values(spec).map((field) => ({
    env: field.env,
    type: field.type,
    default: field.default,
    required: !field.optional && field.default === undefined,
    description: field.description,
  }));
}
