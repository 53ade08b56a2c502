import { describe, expect, it } from 'vitest';
import { createLoginThrottle } from './login-throttle.ts';

describe('the login throttle', () => {
  it('waits at most five minutes, and forgets an hour after the last failure', () => {
    let nowMs = 1_000_000;
    const throttle = createLoginThrottle(() => nowMs);
    for (let i = 0; i < 60; i++) throttle.failed('ann', '10.0.0.1');
    expect(throttle.waitMs('ann', '10.0.0.1')).toBe(300_000);
    nowMs += 300_000 + 3_600_001;
    expect(throttle.waitMs('ann', '10.0.0.1')).toBe(0);
    throttle.failed('ann', '10.0.0.1');
    expect(throttle.waitMs('ann', '10.0.0.1')).toBe(0);
  });

  it('slows one address that tries many users, and one user tried from many addresses', () => {
    const throttle = createLoginThrottle(() => 0);
    for (let i = 0; i < 21; i++) throttle.failed(`user-${i}`, '10.0.0.1');
    expect(throttle.waitMs('somebody-else', '10.0.0.1')).toBeGreaterThan(0);
    for (let i = 0; i < 21; i++) throttle.failed('ann', `10.1.0.${i}`);
    expect(throttle.waitMs('ann', '10.9.9.9')).toBeGreaterThan(0);
    expect(throttle.waitMs('bob', '10.9.9.9')).toBe(0);
  });

  it('does not count logins that succeed', () => {
    const throttle = createLoginThrottle(() => 0);
    for (let i = 0; i < 100; i++) {
      throttle.failed('ann', '10.0.0.1');
      throttle.succeeded('ann', '10.0.0.1');
    }
    expect(throttle.waitMs('ann', '10.0.0.1')).toBe(0);
  });

  it('keeps a bounded number of counts', () => {
    const throttle = createLoginThrottle(() => 0);
    for (let i = 0; i < 30_000; i++) throttle.failed(`user-${i}`, `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`);
    expect(throttle.waitMs('user-0', '10.0.0.0')).toBe(0);
  });
});
