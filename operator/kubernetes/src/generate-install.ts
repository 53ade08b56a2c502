/** Writes operator/kubernetes/generated/install.yaml. `--check`: only compare. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { renderInstall } from './build-install.ts';

const target = fileURLToPath(new URL('../generated/install.yaml', import.meta.url));
const text = renderInstall();
if (!process.argv.includes('--check')) {
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, text);
} else if (!existsSync(target) || readFileSync(target, 'utf8') !== text) {
  process.stderr.write('operator/kubernetes/generated/install.yaml is not current: npm run generate\n');
  process.exitCode = 1;
}
