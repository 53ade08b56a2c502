import type { TestProject } from 'vitest/node';
import { startPlainServer } from './plain-server.ts';
import { prepareTemplate } from './prepare-template.ts';
import { startTimescaleServer } from './timescale-server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** PostgreSQL with a migrated template, as superuser. */
    postgresUrl: string;
    postgresLoginPassword: string;
    /** TimescaleDB likewise; empty where there is none. */
    timescaleUrl: string;
    timescaleLoginPassword: string;
  }
}

/** One server per engine for the whole run, each with a migrated template database. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const [plain, timescale] = await Promise.all([startPlainServer(), timescaleUrl()]);
  const remove = async () => {
    await Promise.all([plain.remove(), timescale.remove()]);
  };
  try {
    project.provide('postgresUrl', plain.adminUrl);
    project.provide('postgresLoginPassword', await prepareTemplate(plain.adminUrl, 'plain'));
    project.provide('timescaleUrl', timescale.url);
    project.provide('timescaleLoginPassword', timescale.url === '' ? '' : await prepareTemplate(timescale.url, 'timescale'));
  } catch (error) {
    await remove();
    throw error;
  }
  return remove;
}

async function timescaleUrl(): Promise<{ url: string; remove(): Promise<void> }> {
  const given = process.env.KUBEPLANT_TEST_TIMESCALE_URL;
  if (given !== undefined && given !== '') return { url: given, remove: async () => {} };
  const timescale = await startTimescaleServer();
  if (timescale.kind === 'server') return { url: timescale.server.adminUrl, remove: timescale.remove };
  if (process.env.CI) throw new Error(`no TimescaleDB: ${timescale.reason}`);
  process.stderr.write(`\n*** SKIPPED: tests on TimescaleDB. ${timescale.reason}\n\n`);
  return { url: '', remove: async () => {} };
}
