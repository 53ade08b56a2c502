/** `npm run generate`: write everything that is generated and committed. */
import { GENERATORS } from './generators.ts';
import { runStep } from './run-step.ts';

const results = GENERATORS.map(({ title, script }) => runStep(title, process.execPath, [script]));
process.exitCode = results.every(Boolean) ? 0 : 1;
