import { createLogger } from '@kubeplant/kit';
import { describe, expect, it } from 'vitest';
import { forbidden } from '../actions/action-error.ts';
import { Unavailable } from '../ports.ts';
import { toProblem } from './problem.ts';

const log = createLogger({ name: 'test', level: 'silent' });
const request = { id: 'request-1', url: '/api/v1/sites?limit=1' };
const withCode = (message: string, code: string, more: object = {}) => Object.assign(new Error(message), { code }, more);

describe('problems', () => {
  it.each([
    ['a refusal', forbidden('no'), 403, 'forbidden'],
    ['an owner that cannot act', new Unavailable('later'), 503, 'unavailable'],
    ['a refused connection', withCode('connect ECONNREFUSED', 'ECONNREFUSED'), 503, 'database-unavailable'],
    ['a server that shuts down', withCode('terminating connection due to administrator command', '57P01'), 503, 'database-unavailable'],
    ['too many connections', withCode('sorry, too many clients already', '53300'), 503, 'database-unavailable'],
    ['a lost connection', new Error('Connection terminated unexpectedly'), 503, 'database-unavailable'],
    ['a pool without a free connection', new Error('timeout exceeded when trying to connect'), 503, 'database-unavailable'],
    ['a wrong query', withCode('column "x" does not exist', '42703'), 500, 'internal'],
    [
      'a body that is too large',
      withCode('Request body is too large', 'FST_ERR_CTP_BODY_TOO_LARGE', { statusCode: 413 }),
      413,
      'too-large',
    ],
    ['nothing at all', undefined, 500, 'internal'],
  ])('of %s have their status and code', (_what, error, status, code) => {
    const problem = toProblem(log, error, request);
    expect(problem).toMatchObject({ status, body: { status, code, instance: '/api/v1/sites' } });
    expect(problem.body).toHaveProperty('title');
  });

  it('nobody expected say where to look and nothing of themselves', () => {
    const { body } = toProblem(log, new Error('password of the database is hunter2'), request);
    expect(body.detail).toContain('request-1');
    expect(JSON.stringify(body)).not.toContain('hunter2');
  });
});
