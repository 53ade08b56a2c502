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
    const problem = atFile(file, 'FileUnreadable', explain(text));
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

function explain({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return 'this is not UTF-8 text: save the file as UTF-8, or move it out of the folder';
  if (code === 'ENOENT') return 'the file was removed while it was read: put it back';
  return code === undefined ? message : `the file cannot be read (${code}): check its permissions`;
}

async function readText(file: string): Promise<string> {
  if (file === '-') {
    standardInput ??= readAll(process.stdin);
    return standardInput;
  }
  const { size } = await stat(file);
  if (size > MAX_BYTES) throw new Error(`the file has ${size} bytes, the limit is ${MAX_BYTES}: split it`);
  const bytes = await readFile(file);
  // UTF-16 and binary files are told by their control characters, with the place.
  return bytes.includes(0) ? bytes.toString('utf8') : new TextDecoder('utf-8', { fatal: true }).decode(bytes);
}
