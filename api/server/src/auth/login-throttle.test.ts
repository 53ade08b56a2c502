import { describe, expect, it } from 'vitest';
import { createLoginThrottle, type LoginThrottle } from './login-throttle.ts';

const fail = (throttle: LoginThrottle, username: string, address: string): string => throttle.begin(username, address).kind;

function waitMs(throttle: LoginThrottle, username: string, address: string): number {
  const attempt = throttle.begin(username, address);
  if (attempt.kind === 'wait') return attempt.waitMs;
  attempt.unsettled();
  return 0;
}

function signIn(throttle: LoginThrottle, username: string, address: string): void {
  const attempt = throttle.begin(username, address);
  if (attempt.kind === 'attempt') attempt.succeeded();
}

describe('the login throttle', () => {
  it('waits at most five minutes, and forgets an hour after the last failure', () => {
    let nowMs = 1_000_000;
    const throttle = createLoginThrottle(() => nowMs);
    for (let i = 0; i < 60; i++) {
      fail(throttle, 'ann', '10.0.0.1');
      nowMs += waitMs(throttle, 'ann', '10.0.0.1');
    }
    fail(throttle, 'ann', '10.0.0.1');
    expect(waitMs(throttle, 'ann', '10.0.0.1')).toBe(300_000);
    nowMs += 300_000 + 3_600_001;
    for (let i = 0; i < 2; i++) expect(fail(throttle, 'ann', '10.0.0.1')).toBe('attempt');
    expect(waitMs(throttle, 'ann', '10.0.0.1')).toBe(0);
  });

  it('counts tries that are sent together before the first is judged', () => {
    const throttle = createLoginThrottle(() => 0);
    const tries = Array.from({ length: 50 }, () => throttle.begin('ann', '10.0.0.1').kind);
    expect(tries.filter((kind) => kind === 'attempt')).toHaveLength(3);
  });

  it('slows one address that tries many users, and one user tried from many addresses, but nobody else', () => {
    const throttle = createLoginThrottle(() => 0);
    for (let i = 0; i < 21; i++) fail(throttle, `user-${i}`, '10.0.0.1');
    expect(waitMs(throttle, 'somebody-else', '10.0.0.1')).toBeGreaterThan(0);
    for (let i = 0; i < 21; i++) fail(throttle, 'ann', `10.1.0.${i}`);
    expect(waitMs(throttle, 'ann', '10.9.9.9')).toBeGreaterThan(0);
    expect(waitMs(throttle, 'bob', '10.9.9.9')).toBe(0);
  });

  it('takes all addresses of an IPv6 network for one', () => {
    const throttle = createLoginThrottle(() => 0);
    for (let i = 0; i < 21; i++) fail(throttle, `user-${i}`, `2001:db8:0:7::${i.toString(16)}`);
    expect(waitMs(throttle, 'somebody', '2001:db8:0:7:ffff::1')).toBeGreaterThan(0);
    expect(waitMs(throttle, 'somebody', '2001:db8:0:8::1')).toBe(0);
    expect(waitMs(throttle, 'somebody', '::ffff:10.0.0.1')).toBe(0);
  });

  it('lets a user in who has signed in from there before, whatever others try', () => {
    const throttle = createLoginThrottle(() => 0);
    signIn(throttle, 'ann', '10.5.0.1');
    for (let i = 0; i < 100; i++) fail(throttle, 'ann', `10.1.0.${i}`);
    for (let i = 0; i < 30; i++) fail(throttle, `user-${i}`, '10.5.0.1');
    expect(throttle.begin('ann', '10.5.0.1')).toMatchObject({ kind: 'attempt', known: true });
    expect(throttle.begin('ann', '10.5.0.2').kind).toBe('wait');
  });

  it('does not count logins that succeed, nor those that could not be judged', () => {
    const throttle = createLoginThrottle(() => 0);
    for (let i = 0; i < 100; i++) signIn(throttle, 'ann', '10.0.0.1');
    for (let i = 0; i < 100; i++) waitMs(throttle, 'bob', '10.0.0.2');
    expect(fail(throttle, 'ann', '10.0.0.1')).toBe('attempt');
    expect(fail(throttle, 'bob', '10.0.0.2')).toBe('attempt');
  });

  it('keeps a bounded number of counts, and drives out idle ones before those that are slowed down', () => {
    const throttle = createLoginThrottle(() => 0);
    for (let i = 0; i < 21; i++) fail(throttle, 'ann', `10.1.0.${i}`);
    const before = process.memoryUsage().heapUsed;
    for (let i = 0; i < 40_000; i++) fail(throttle, `user-${i}`, `11.${i >> 16}.${(i >> 8) & 255}.${i & 255}`);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(64 << 20);
    expect(waitMs(throttle, 'ann', '10.9.9.9')).toBeGreaterThan(0);
  });
});
