import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { duration, flag, list, number, port, retention, secretFile, text } from './config-field.ts';
import { ConfigError, defineConfig, describeConfig, readConfig } from './read-config.ts';

const spec = defineConfig({
  name: text({ env: 'NAME', description: 'Its name.' }),
  level: text({ env: 'LEVEL', description: 'Level.', default: 'info', oneOf: ['info', 'debug'] }),
  port: port({ env: 'PORT', description: 'Port.', default: 8080 }),
  ratio: number({ env: 'RATIO', description: 'Ratio.', default: 0.5, min: 0, max: 1 }),
  wait: duration({ env: 'WAIT', description: 'Wait.', default: '1m30s', min: '100ms' }),
  keep: retention({ env: 'KEEP', description: 'Keep.', default: '2y', min: '8d' }),
  on: flag({ env: 'ON', description: 'On.', default: false }),
  roles: list({ env: 'ROLES', description: 'Roles.', default: 'a,b', oneOf: ['a', 'b', 'c'] }),
  secret: secretFile({ env: 'SECRET_FILE', description: 'Secret.', optional: true }),
});

const problemsOf = (env: Record<string, string>): readonly string[] => {
  try {
    readConfig(spec, env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
};

describe('readConfig', () => {
  it('fills in defaults, with durations in milliseconds', () => {
    expect(readConfig(spec, { NAME: 'x' })).toEqual({
      name: 'x',
      level: 'info',
      port: 8080,
      ratio: 0.5,
      wait: 90_000,
      keep: 730,
      on: false,
      roles: ['a', 'b'],
      secret: undefined,
    });
  });

  it('reads what is set, and the text of a secret file without the white space around it', () => {
    const dir = mkdtempSync(join(tmpdir(), 'kp-b-kit-'));
    writeFileSync(join(dir, 'secret'), ' s3cret\n');
    const env = { NAME: 'x', PORT: '0', RATIO: '1', WAIT: '250ms', ON: 'true', ROLES: 'c, a', SECRET_FILE: join(dir, 'secret') };
    expect(readConfig(spec, env)).toMatchObject({ port: 0, ratio: 1, wait: 250, on: true, roles: ['c', 'a'], secret: 's3cret' });
    rmSync(dir, { recursive: true });
  });

  it.each([
    ['a missing variable', {}, /^NAME is not set: Its name/],
    ['an empty one', { NAME: '' }, /^NAME is not set/],
    ['an unknown word', { NAME: 'x', LEVEL: 'loud' }, /^LEVEL="loud" must be one of info, debug/],
    ['a port beyond the range', { NAME: 'x', PORT: '65536' }, /^PORT="65536" must be 0…65535/],
    ['a port with a fraction', { NAME: 'x', PORT: '1.5' }, /must be a whole number/],
    ['a number that is none', { NAME: 'x', RATIO: 'half' }, /must be a number/],
    ['a bare duration', { NAME: 'x', WAIT: '5' }, /must be a duration such as/],
    ['a duration that is too short', { NAME: 'x', WAIT: '99ms' }, /must be at least 100ms/],
    ['a retention span that is none', { NAME: 'x', KEEP: '30h' }, /must be a retention span such as/],
    ['one that is too short', { NAME: 'x', KEEP: '1w' }, /must be at least 8d/],
    ['a flag that is none', { NAME: 'x', ON: 'yes' }, /must be true or false/],
    ['an unknown item', { NAME: 'x', ROLES: 'a,d' }, /holds "d"; allowed are a, b, c/],
    ['a secret that is not there', { NAME: 'x', SECRET_FILE: '/nowhere' }, /names a file that cannot be read \(ENOENT\)/],
  ])('names %s and the fix', (_title, env, message) => {
    expect(problemsOf(env)).toEqual([expect.stringMatching(message)]);
  });

  it('names all problems at once', () => expect(problemsOf({ PORT: 'x', ON: 'x' }).length).toBe(3));
});

describe('describeConfig', () => {
  it('gives a row per variable', () => {
    expect(describeConfig(spec)[0]).toEqual({ env: 'NAME', type: 'text', default: undefined, required: true, description: 'Its name.' });
    expect(describeConfig(spec)[4]).toMatchObject({ type: 'duration', default: '1m30s', required: false });
  });
});
