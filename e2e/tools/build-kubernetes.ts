/**
 * `node e2e/tools/build-kubernetes.ts`: build the Kubernetes programs the tests run, where they are missing. Needs Go 1.26;
 * a first build takes about six minutes. Two runs at once do not build twice.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ETCD_VERSION, KUBERNETES_VERSION, PROGRAMS, type ProgramName, cacheDirectory } from '../src/kubernetes/programs.ts';

const here = dirname(fileURLToPath(import.meta.url));
const versionFlag = `-X k8s.io/component-base/version.gitVersion=v${KUBERNETES_VERSION}`;

/** Module folder, package and linker flags of each program. */
const SOURCES: Readonly<Record<ProgramName, { readonly module: string; readonly package: string; readonly flags: string }>> = {
  etcd: { module: 'etcd', package: 'go.etcd.io/etcd/server/v3', flags: '-s -w' },
  kubectl: { module: 'kubernetes', package: 'k8s.io/kubernetes/cmd/kubectl', flags: `-s -w ${versionFlag}` },
  'kube-apiserver': { module: 'kubernetes', package: 'k8s.io/kubernetes/cmd/kube-apiserver', flags: `-s -w ${versionFlag}` },
  'kube-controller-manager': {
    module: 'kubernetes',
    package: 'k8s.io/kubernetes/cmd/kube-controller-manager',
    flags: `-s -w ${versionFlag}`,
  },
};

function main(): number {
  const target = cacheDirectory();
  mkdirSync(target, { recursive: true });
  if (!process.argv.includes('--locked')) {
    const script = fileURLToPath(import.meta.url);
    const run = spawnSync('flock', [join(target, '.lock'), process.execPath, script, '--locked'], { stdio: 'inherit' });
    return run.status ?? 1;
  }
  for (const name of PROGRAMS) if (!existsSync(join(target, name)) && !build(name, target)) return 1;
  process.stderr.write(`Kubernetes ${KUBERNETES_VERSION} and etcd ${ETCD_VERSION} are in ${target}\n`);
  return 0;
}

function build(name: ProgramName, target: string): boolean {
  const source = SOURCES[name];
  const started = Date.now();
  process.stderr.write(`building ${name} …\n`);
  const partial = join(target, `.${name}.partial`);
  const run = spawnSync('go', ['build', '-trimpath', '-ldflags', source.flags, '-o', partial, source.package], {
    cwd: join(here, source.module),
    env: { ...process.env, CGO_ENABLED: '0' },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (run.status !== 0) {
    process.stderr.write(`building ${name} failed: ${run.error?.message ?? `go build ended with ${run.status}`}. Go 1.26 is needed.\n`);
    return false;
  }
  renameSync(partial, join(target, name));
  process.stderr.write(`built ${name} in ${((Date.now() - started) / 1000).toFixed(0)} s\n`);
  return true;
}

process.exitCode = main();
