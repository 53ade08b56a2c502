import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it, vi } from 'vitest';
import { dataDirectory } from './data-directory.ts';
import { type PlantState, readPlantState } from './state-file.ts';
import { createStateWriter } from './state-writer.ts';

const folder = mkdtempSync(join(tmpdir(), 'kp-state-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('a state that cannot be written is told once and written as soon as it can be', async () => {
  const data = dataDirectory(join(folder, 'data'));
  writeFileSync(data.root, 'in the way');
  const state = { owner: { pid: 1, started: '1' }, since: '', url: 'http://a', paths: [], simulate: false, ready: true, processes: [] };
  const notice = vi.fn();
  const write = createStateWriter(notice, data, (): PlantState => state, 20);
  write();
  write();
  await vi.waitFor(() => expect(notice).toHaveBeenCalledTimes(1));
  expect(notice.mock.calls[0]?.[0]).toContain('a part of the path is a file, move that away');
  rmSync(data.root);
  mkdirSync(data.root);
  await vi.waitFor(() => expect(readPlantState(data)).toEqual(state));
  expect(notice).toHaveBeenCalledTimes(1);
});
