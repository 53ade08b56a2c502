/** Generate TypeScript from the .proto files (`buf generate`). `--check`: exit 1 when the committed code is not current. */
import { runGenerator } from './run-generator.ts';

process.exitCode = runGenerator({ check: process.argv.includes('--check') });
