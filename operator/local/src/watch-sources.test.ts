import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type SourceWatch, watchSources } from './watch-sources.ts';

let folder: string;
let watched: SourceWatch | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kp-watch-'));
});
afterEach(() => {
  watched?.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('the watch', () => {
  it('tells of a changed and of a new file within two seconds, several steps as one', async () => {
    const file = join(folder, 'a.yaml');
    writeFileSync(file, 'a');
    const onChange = vi.fn();
    watched = watchSources(onChange);
    watched.set([folder, file]);
    for (const text of ['b', 'bc', 'bcd']) writeFileSync(file, text);
    await vi.waitFor(() => expect(onChange).toHaveBeenCalledTimes(1), 2000);
    writeFileSync(join(folder, 'new.yaml'), 'x');
    await vi.waitFor(() => expect(onChange).toHaveBeenCalledTimes(2), 2000);
  });

  it('takes paths that are not there, and tells when they come', async () => {
    const file = join(folder, 'later.yaml');
    const onChange = vi.fn();
    watched = watchSources(onChange);
    watched.set([file]);
    writeFileSync(file, 'x');
    await vi.waitFor(() => expect(onChange).toHaveBeenCalled(), 3000);
  });
});
