import { expect, it } from 'vitest';
import { TooManyReadings } from '../../store/rollups/sum-query.ts';
import { createBudget, withinBudget } from './within-budget.ts';

const tooMany = () => Promise.reject(new TooManyReadings('too many'));

it('refuses buckets that no sums fit and that take too many readings, naming the field, the most and what to ask for', async () => {
  await expect(withinBudget({ interval: '7s', level: 'raw' }, tooMany)).rejects.toMatchObject({
    status: 400,
    errors: [{ field: 'interval', message: expect.stringMatching(/is 7s, which takes more than 2000000 .* multiple of 1m/) }],
  });
});

it('asks to try again where the sums are not made yet', async () => {
  await expect(withinBudget({ interval: '1d', level: '1d' }, tooMany)).rejects.toMatchObject({
    status: 503,
    message: expect.stringMatching(/not summed up yet .* 2000000/),
  });
});

it('leaves other failures and answers as they are', async () => {
  await expect(withinBudget({ interval: '1d', level: '1d' }, () => Promise.reject(new Error('boom')))).rejects.toThrow('boom');
  expect(await withinBudget({ interval: '1d', level: '1d' }, async () => createBudget().left)).toBe(2_000_000);
});
