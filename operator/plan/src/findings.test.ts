import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FINDING_REASONS, WAITING_REASONS } from './findings.ts';

const page = readFileSync(new URL('../../../docs/reference/conditions.md', import.meta.url), 'utf8');

describe('every reason a plan gives', () => {
  it.each(FINDING_REASONS)('%s is explained in the reference, as what it is', (reason) => {
    const row = page.split('\n').find((line) => line.startsWith('|') && line.split('|')[1]?.includes(`\`${reason}\``));
    expect(row).toBeDefined();
    expect(row?.split('|')[3]?.trim() === 'waits').toBe(WAITING_REASONS.has(reason));
  });
});
