import { readFile, stat } from 'node:fs/promises';
import { text as readAll } from 'node:stream/consumers';
import { parseYaml } from '../yaml/parse-yaml.ts';
import { atFile } from '../problem.ts';
import { toResources } from './to-resources.ts';
import type { SourceFile, SourcePath } from './types.ts';

/** Files beyond this are surely not a plant. */
const MAX_BYTES = 16 << 20;

/** Standard input can be read once. */
let standardInput: Promise<string> | undefined;

/** Read and parse one file; a file that cannot be read or understood is `broken`, with its problems. */
export async function readSourceFile(path: SourcePath): Promise<SourceFile> {
  const { file } = path;
  const broken = { file, broken: true, resources: [], ignored: 0, documents: [], text: '' };
  const text = await readText(file).catch((error: NodeJS.ErrnoException) => error);
  if (typeof text !== 'string') {
    const problem = atFile(
      file,
      'FileUnreadable',
      text.code === undefined ? text.message : `the file cannot be read (${text.code}): check its permissions`,
    );
    return { ...broken, problems: [problem] };
  }
  const parsed = parseYaml(text);
  if (parsed.kind === 'malformed') {
    return { ...broken, text, problems: parsed.problems.map((problem) => ({ ...problem, file, field: '' })) };
  }
  const { resources, problems, ignored } = toResources(path, parsed.documents);
  const warnings = parsed.warnings.map((problem) => ({ ...problem, file, field: '' }));
  return { file, broken: false, resources, problems: [...problems, ...warnings], ignored, documents: parsed.documents, text };
}

async function readText(file: string): Promise<string> {
  if (file === '-') {
    standardInput ??= readAll(process.stdin);
    return standardInput;
  }
  const { size } = await stat(file);
  if (size > MAX_BYTES) throw new Error(`the file has ${size} bytes, the limit is ${MAX_BYTES}: split it`);
  return (await readFile(file, 'utf8')).replace(/^\uFEFF/, '');
}
