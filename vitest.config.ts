import { defineConfig } from 'vitest/config';

const exclude = ['**/node_modules/**', '**/dist/**'];

/**
 * Levels: `unit` beside the code; `db` needs PostgreSQL (and TimescaleDB where there is one); `kube` a real API
 * server; `peer` independent Modbus peers from PyPI; `plant` the whole local plant, some with a browser; `package` the published package.
 * The levels run one after the other: several at once would starve each other on a small machine. Files without isolation share
 * their modules, which saves half of the time: a test leaves no global state behind.
 */
export default defineConfig({
  test: {
    maxWorkers: 2, // much of the time is waiting: fewer would idle on a small machine
    reporters: ['default', './scripts/closing-line-reporter.ts'],
    projects: [
      {
        test: {
          name: 'unit',
          isolate: false,
          sequence: { groupOrder: 0 },
          include: ['**/src/**/*.test.{ts,tsx}', 'scripts/**/*.test.ts'],
          exclude: [...exclude, '**/*.{db,kube,peer,plant,package}.test.ts'],
        },
      },
      {
        test: {
          name: 'db',
          isolate: false,
          sequence: { groupOrder: 2 },
          include: ['**/src/**/*.db.test.ts'],
          exclude,
          globalSetup: './e2e/src/databases/global-setup.ts',
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'kube',
          fileParallelism: false, // they share one API server
          sequence: { groupOrder: 3 },
          include: ['**/src/**/*.kube.test.ts'],
          exclude,
          globalSetup: './e2e/src/kubernetes/global-setup.ts',
          testTimeout: 60_000,
          hookTimeout: 300_000,
        },
      },
      {
        test: {
          name: 'peer',
          sequence: { groupOrder: 1 },
          include: ['**/src/**/*.peer.test.ts'],
          exclude,
          globalSetup: './e2e/src/peers/global-setup.ts',
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'plant',
          sequence: { groupOrder: 4 },
          include: ['e2e/src/**/*.plant.test.ts'],
          exclude,
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'package',
          sequence: { groupOrder: 5 },
          include: ['e2e/src/**/*.package.test.ts'],
          exclude,
          testTimeout: 120_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
