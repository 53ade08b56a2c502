import { globSync } from 'node:fs';
import { join } from 'node:path';
import { PERMISSIONS } from '@kubeplant/api-client';
import { describe, expect, it } from 'vitest';
import { MOUNTS } from '../http/mounts.ts';
import type { Action } from './action.ts';
import { subscribe } from './live/subscribe.ts';
import { ACTIONS } from './registry.ts';

const isAction = (value: unknown): value is Action =>
  typeof value === 'object' && value !== null && 'permission' in value && 'run' in value;
const mounted = MOUNTS.flatMap(({ action, csv }) => (csv === undefined ? [action] : [action, csv]));

describe('actions', () => {
  it('are all in the registry, each under a name of its own', async () => {
    const files = globSync('*/*.ts', { cwd: import.meta.dirname }).filter((file) => !file.includes('.test.'));
    const modules = await Promise.all(files.map((file) => import(join(import.meta.dirname, file)) as Promise<Record<string, unknown>>));
    const exported = modules.flatMap((module) => Object.values(module).filter(isAction));
    expect(exported.map((action) => action.name).toSorted()).toEqual(ACTIONS.map((action) => action.name).toSorted());
    expect(new Set(ACTIONS.map((action) => action.name)).size).toBe(ACTIONS.length);
  });

  it('each have a mount: a route, or for the live subscription the WebSocket', () => {
    const names = new Set([...mounted, subscribe].map((action) => action.name));
    expect(ACTIONS.filter((action) => !names.has(action.name))).toEqual([]);
    expect([...names].filter((name) => !ACTIONS.some((action) => action.name === name))).toEqual([]);
  });

  it('that change something or administer users check the session’s row', () => {
    const changing = ACTIONS.filter(
      (action) => action.permission !== 'public' && action.permission !== 'read' && action.name !== 'auth.logout',
    );
    expect(changing.filter((action) => !action.checksSession).map((action) => action.name)).toEqual([]);
  });

  it('take no field they do not name', () => {
    expect(ACTIONS.filter((action) => (action.input as { additionalProperties?: unknown }).additionalProperties !== false)).toEqual([]);
  });

  it('are open to anybody only where signing in, its keys, the description and single-use downloads need it', () => {
    const open = ACTIONS.filter((action) => action.permission === 'public').map((action) => action.name);
    expect(open.toSorted()).toEqual(['auth.keys', 'auth.login', 'auth.refresh', 'documents.openApi', 'downloads.take']);
    expect(ACTIONS.every((action) => ['public', 'self', ...PERMISSIONS].includes(action.permission))).toBe(true);
  });
});
