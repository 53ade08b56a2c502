import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const KUBERNETES_VERSION = '1.36.3';
export const ETCD_VERSION = '3.6.6';

/** Programs of a test cluster, quickest to build first. */
export const PROGRAMS = ['etcd', 'kubectl', 'kube-controller-manager', 'kube-apiserver'] as const;
export type ProgramName = (typeof PROGRAMS)[number];

/** Where built programs are kept, outside the work tree and keyed by version. */
export const cacheDirectory = (): string =>
  join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'kubeplant', `kubernetes-${KUBERNETES_VERSION}`);

/** Folder with all programs: `KUBEBUILDER_ASSETS`, else the cache, filled by a build if need be. */
export function findPrograms():
  | { readonly kind: 'found'; readonly directory: string }
  | { readonly kind: 'missing'; readonly reason: string } {
  const given = process.env.KUBEBUILDER_ASSETS;
  if (given !== undefined && given !== '') {
    const absent = missingIn(given);
    return absent.length === 0
      ? { kind: 'found', directory: given }
      : { kind: 'missing', reason: `KUBEBUILDER_ASSETS=${given} lacks ${absent.join(', ')}` };
  }
  const directory = cacheDirectory();
  if (missingIn(directory).length === 0) return { kind: 'found', directory };
  if (spawnSync('go', ['version']).status !== 0)
    return { kind: 'missing', reason: 'set KUBEBUILDER_ASSETS, or install Go 1.26 to build kube-apiserver' };
  const script = fileURLToPath(new URL('../../tools/build-kubernetes.ts', import.meta.url));
  const build = spawnSync(process.execPath, [script], { stdio: ['ignore', 2, 2] });
  if (build.status === 0) return { kind: 'found', directory };
  return { kind: 'missing', reason: 'building the Kubernetes programs failed, see above' };
}

const missingIn = (directory: string): string[] => PROGRAMS.filter((name) => !existsSync(join(directory, name)));
