import { expect, it } from 'vitest';
import { assertDatabaseUrl } from './assert-database-url.ts';

it.each(['postgres://a:b@127.0.0.1/kubeplant', 'postgresql://a@[::1]:5432/x?sslmode=require'])('the database %s may be used', (url) => {
  expect(() => assertDatabaseUrl(url)).not.toThrow();
});

it.each(['nonsense', '', 'mysql://root:hunter2@127.0.0.1/x', 'postgres://a:hunter2@127.0.0.1', 'postgres://a:hunter2@host:99999/x'])(
  'the database %j is refused with what to write, its password unsaid',
  (url) => {
    expect(() => assertDatabaseUrl(url)).toThrow(/write postgres:\/\/user/);
    expect(() => assertDatabaseUrl(url)).not.toThrow(/hunter2/);
  },
);
