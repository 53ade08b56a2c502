import { writeFileSync } from 'node:fs';
import type { Reporter, TestModule } from 'vitest/node';

/** How the tests of a run ended. */
export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** Variable with the file that takes the counts of a run that is one of several; unset: they are printed. */
export const COUNTS_FILE = 'KUBEPLANT_TEST_COUNTS_FILE';

/** The line of its own that ends every run. */
export const formatCounts = ({ passed, failed, skipped }: TestCounts): string => `${passed} passed, ${failed} failed, ${skipped} skipped`;

/** Ends a run with its closing line, or hands the counts to the run that it is a part of. */
export default class ClosingLineReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const counts = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    for (const module of modules) {
      if (module.state() === 'failed' && module.errors().length > 0) counts.failed += 1;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        counts[state === 'passed' || state === 'failed' ? state : 'skipped'] += 1;
      }
    }
    const file = process.env[COUNTS_FILE];
    if (file === undefined) console.log(`\n${formatCounts(counts)}`);
    else writeFileSync(file, JSON.stringify(counts));
  }
}
