import { defineCommand } from 'citty';
import { describe, expect, it } from 'vitest';
import { assertKnownFlags } from './known-flags.ts';

const command = defineCommand({
  args: { path: { type: 'positional' }, output: { type: 'string', alias: 'o' }, watch: { type: 'boolean' } },
});
// The types of a command's own arguments do not matter to the check.
const check = (...args: string[]) => assertKnownFlags('get', command as unknown as Parameters<typeof assertKnownFlags>[1], args);

describe('flags of a command', () => {
  it('takes those it declares, their short forms and values', async () => {
    await expect(check('x', '-o', 'json', '--watch', '--output=wide', '--no-watch', '--', '--what')).resolves.toBeUndefined();
  });

  it('takes - as a name, not a flag', async () => {
    await expect(check('-')).resolves.toBeUndefined();
  });

  it.each([['--wach'], ['-x'], ['--outptu=json']])('refuses %s and says what there is', async (flag) => {
    await expect(check(flag)).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining('--output, -o, --watch') });
  });

  it('refuses a flag without its value', async () => {
    await expect(check('--output')).rejects.toMatchObject({ exitCode: 2, message: '--output needs a value' });
    await expect(check('-o', '--watch')).rejects.toMatchObject({ exitCode: 2 });
  });
});
