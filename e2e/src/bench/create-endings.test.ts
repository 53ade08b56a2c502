import { describe, expect, it } from 'vitest';
import { createEndings } from './create-endings.ts';

describe('endings', () => {
  it('undo all, last in, first out, and each once', async () => {
    const undone: string[] = [];
    const { defer, end } = createEndings();
    defer(() => void undone.push('database'));
    const early = defer(() => void undone.push('early'));
    defer(async () => void undone.push('plant'));
    await early();
    await end();
    await end();
    await early();
    expect(undone).toEqual(['early', 'plant', 'database']);
  });

  it('undo the others when one fails, and tell', async () => {
    const undone: string[] = [];
    const { defer, end } = createEndings();
    defer(() => void undone.push('database'));
    defer(() => {
      throw new Error('the plant does not stop');
    });
    await expect(end()).rejects.toThrow('the plant does not stop');
    expect(undone).toEqual(['database']);
  });
});
