import type { Logger } from './create-logger.ts';

/** Node's own warnings become log lines (level debug for deprecations, else warn), so that stderr stays JSON lines. */
export function logProcessWarnings(log: Logger): void {
  process.removeAllListeners('warning'); // the one that prints
  process.on('warning', (warning: Error & { readonly code?: string }) => {
    const level = warning.name === 'DeprecationWarning' ? 'debug' : 'warn';
    log[level]({ code: warning.code, warning: warning.message }, warning.name);
  });
}
