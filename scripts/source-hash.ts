import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './run-step.ts';

/** What goes into the bundles: everything but tests, documents and what only runs here. */
const FOLDERS = ['proto', 'crds', 'engine', 'collectors', 'api', 'operator', 'console', 'cli', 'examples', 'scripts'];
const FILES = ['README.md', 'LICENSE', 'package-lock.json'];

/** Hash over all files that the build reads, tracked or new. */
export function hashSources(): string {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', ...FOLDERS, ...FILES], {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 16 << 20,
  });
  const hash = createHash('sha256');
  for (const file of [...new Set(listed.split('\0'))].sort()) {
    if (file === '' || file.includes('.test.') || !existsSync(join(ROOT, file))) continue;
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(join(ROOT, file)))
      .update('\0');
  }
  return hash.digest('hex');
}
