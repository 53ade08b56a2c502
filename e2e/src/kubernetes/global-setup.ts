import type { TestProject } from 'vitest/node';
import { startTestCluster } from './test-cluster.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Path of the administrator's kubeconfig; empty where there is no API server: `describe.skipIf(inject('kubeconfig') === '')`. */
    kubeconfig: string;
    /** Folder of kubectl; empty likewise. */
    kubernetesPrograms: string;
  }
}

/** One control plane for the whole run; tests take a namespace each. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const started = await startTestCluster();
  if (started.kind === 'missing') {
    if (process.env.CI) throw new Error(`no Kubernetes API server: ${started.reason}`);
    process.stderr.write(`\n*** SKIPPED: tests on the Kubernetes API server. ${started.reason}\n\n`);
    project.provide('kubeconfig', '');
    project.provide('kubernetesPrograms', '');
    return async () => {};
  }
  project.provide('kubeconfig', started.cluster.kubeconfig);
  project.provide('kubernetesPrograms', started.cluster.programs);
  return started.cluster.stop;
}
