import { EventEmitter } from 'node:events';
import { closeSync, existsSync, openSync } from 'node:fs';
import { Metadata } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { createBackoff } from './create-backoff.ts';
import { createLogger } from './create-logger.ts';
import { createStopper } from './create-stopper.ts';
import { bearerMetadata, readBearer } from './grpc.ts';
import { shardToken, tokenHash } from './shard-token.ts';
import { startProbes } from './start-probes.ts';
import { startTelemetry } from './start-telemetry.ts';
import { readTraceMetadata, traceCall, traceMetadata } from './trace-context.ts';
import { ulid } from './ulid.ts';

const log = createLogger({ name: 'test', level: 'silent' });

function createHost() {
  const events = new EventEmitter();
  const codes: number[] = [];
  return { on: events.on.bind(events), emit: (event: string) => events.emit(event), exit: (code: number) => void codes.push(code), codes };
}

describe('createLogger', () => {
  it.skipIf(!existsSync('/dev/full'))('does not throw where the disk is full, however much is logged', () => {
    const full = openSync('/dev/full', 'w');
    try {
      const lines = createLogger({ name: 'test', fd: full });
      for (let line = 0; line < 2000; line += 1) lines.info('x'.repeat(1000));
    } finally {
      closeSync(full);
    }
  });
});

describe('createStopper', () => {
  it.each(['SIGTERM', 'SIGINT', 'disconnect'])('runs the steps in reverse order on %s, once, and exits with 0', async (event) => {
    const host = createHost();
    const stopper = createStopper({ log, timeoutMs: 1000, host });
    const order: string[] = [];
    stopper.onStop('first', () => void order.push('first'));
    stopper.onStop('second', async () => void order.push('second'));
    host.emit(event);
    host.emit(event);
    await stopper.stop('again');
    expect(order).toEqual(['second', 'first']);
    expect(stopper.signal.aborted).toBe(true);
    expect(host.codes).toEqual([0]);
  });

  it('runs the other steps when one fails, and exits with 1', async () => {
    const host = createHost();
    const stopper = createStopper({ log, timeoutMs: 1000, host });
    const order: string[] = [];
    stopper.onStop('first', () => void order.push('first'));
    stopper.onStop('broken', () => Promise.reject(new Error('broken')));
    await stopper.stop('test');
    expect(order).toEqual(['first']);
    expect(host.codes).toEqual([1]);
  });

  it('exits with 1 when a step hangs', async () => {
    const host = createHost();
    const exited = new Promise<number>((resolve) => {
      host.exit = resolve as (code: number) => undefined;
    });
    const stopper = createStopper({ log, timeoutMs: 10, host });
    stopper.onStop('hangs', () => new Promise(() => {}));
    void stopper.stop('test');
    expect(await exited).toBe(1);
  });
});

describe('createBackoff', () => {
  it('doubles up to its maximum, with jitter, and begins anew', () => {
    const backoff = createBackoff({ minMs: 100, maxMs: 500, random: () => 1 });
    expect([backoff.next(), backoff.next(), backoff.next(), backoff.next(), backoff.next()]).toEqual([100, 200, 400, 500, 500]);
    backoff.reset();
    expect(backoff.next()).toBe(100);
    expect(createBackoff({ minMs: 100, maxMs: 500, random: () => 0 }).next()).toBe(50);
  });
});

describe('ulid', () => {
  it('is 26 characters, sorts by time and does not repeat', () => {
    const many = Array.from({ length: 100 }, () => ulid(1_700_000_000_000));
    expect(new Set(many).size).toBe(100);
    expect(many.every((each) => /^[0-9A-HJKMNP-TV-Z]{26}$/.test(each))).toBe(true);
    expect(ulid(1_700_000_000_000) < ulid(1_700_000_000_001)).toBe(true);
    expect(ulid(1_469_918_176_385).slice(0, 10)).toBe('01ARYZ6S41');
  });
});

describe('tokens', () => {
  it('are repeatable and bound to tenant, site and shard', () => {
    const token = shardToken('root', 'local/a', 'site', 'shard');
    expect(token).toMatch(/^[0-9a-f]{64}$/);
    expect(shardToken('root', 'local/a', 'site', 'shard')).toBe(token);
    const others = [
      shardToken('other', 'local/a', 'site', 'shard'),
      shardToken('root', 'local/b', 'site', 'shard'),
      shardToken('root', 'local/a', 'sites', 'hard'),
    ];
    expect(new Set([token, ...others]).size).toBe(4);
    expect(tokenHash('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });

  it('travel as bearer tokens', () => {
    expect(readBearer(bearerMetadata('t0ken'))).toBe('t0ken');
    expect(readBearer(new Metadata())).toBeUndefined();
    const basic = new Metadata();
    basic.set('authorization', 'Basic abc');
    expect(readBearer(basic)).toBeUndefined();
  });
});

describe('telemetry and probes', () => {
  it('passes trace context on, serves metrics, names failing checks', async () => {
    const telemetry = startTelemetry({ service: 'test', version: '1', env: {} });
    const metadata = new Metadata();
    traceCall(telemetry.tracer, 'call', metadata)();
    expect(metadata.get('traceparent')[0]).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$/);
    const again = traceMetadata(new Metadata(), readTraceMetadata(metadata));
    expect(again.get('traceparent')).toEqual(metadata.get('traceparent'));
    for (const wrong of ['', 'ff-1-1-1', `00-${'0'.repeat(32)}-${'1'.repeat(16)}-01`]) {
      const malformed = new Metadata();
      malformed.set('traceparent', wrong);
      expect(traceMetadata(new Metadata(), readTraceMetadata(malformed)).get('traceparent')).toEqual([]);
    }
    telemetry.meter.createCounter('kubeplant_test_total', { description: 'Tests.' }).add(2, { kind: 'a' });
    let problem: string | undefined = 'not yet';
    const probes = await startProbes({
      host: '127.0.0.1',
      port: 0,
      checks: { database: () => problem, other: () => undefined },
      metricsText: telemetry.metricsText,
    });
    const get = async (path: string) => {
      const response = await fetch(`http://127.0.0.1:${probes.port}${path}`);
      return `${response.status} ${await response.text()}`;
    };
    expect(await get('/metrics')).toContain('kubeplant_test_total{kind="a"} 2');
    expect(await get('/livez')).toBe('200 ok');
    expect(await get('/readyz')).toContain('503 [-]database failed: not yet\n[+]other ok\n');
    problem = undefined;
    expect(await get('/readyz')).toBe('200 ok');
    expect(await get('/readyz?verbose')).toContain('200 [+]database ok\n[+]other ok\n');
    expect(await get('/nothing')).toContain('404');
    await probes.close();
    await telemetry.shutdown();
  });
});
