import type { TestProject } from 'vitest/node';
import { preparePython } from './prepare-python.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Python with the independent peers; empty where there is none. */
    peerPython: string;
  }
}

/** Install the peers once for the whole run. */
export default async function setup(project: TestProject): Promise<void> {
  const python = await preparePython();
  if (python.kind === 'missing' && process.env.CI) throw new Error(python.reason);
  if (python.kind === 'missing') process.stderr.write(`\n*** SKIPPED: tests against independent peers. ${python.reason}\n\n`);
  project.provide('peerPython', python.kind === 'python' ? python.path : '');
}
