import {
  type AcceptedResource,
  acceptFiles,
  collectPaths,
  findingProblems,
  type Problem,
  readSourceFile,
  toPlanResources,
} from '@kubeplant/operator-local';
import { type Plan, plan } from '@kubeplant/plan';

/** YAML read once, judged and planned, without a running plant. */
export interface ReadPlant {
  readonly problems: readonly Problem[];
  readonly resources: readonly AcceptedResource[];
  readonly files: number;
  readonly ignored: number;
  readonly plan: Plan;
}

export async function readPlant(paths: readonly string[], simulate: boolean): Promise<ReadPlant> {
  const collected = await collectPaths(paths);
  const files = await Promise.all(collected.paths.map(readSourceFile));
  const { accepted, problems } = acceptFiles(files, new Map());
  const resources = [...accepted.values()].flat();
  const planned = plan({
    resources: toPlanResources(resources.map(({ object }) => object)),
    assignment: {},
    simulators: {},
    host: { kind: 'local', cluster: 'local', simulate, tokenHashes: () => [] },
  });
  return {
    problems: [...collected.problems, ...problems, ...findingProblems(planned.findings, resources)].sort(byPlace),
    resources,
    files: files.length,
    ignored: files.reduce((sum, { ignored }) => sum + ignored, 0),
    plan: planned,
  };
}

const byPlace = (a: Problem, b: Problem): number => (a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line || a.column - b.column);
