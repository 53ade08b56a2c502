import { describe, expect, it } from 'vitest';
import { createProblemLog } from './log-problems.ts';
import { atFile } from './problem.ts';

describe('the log of problems', () => {
  it('says each once while it lasts, again when it comes back, and when all is well', () => {
    const lines: string[] = [];
    const note = (level: string) => (first: unknown, text?: string) => void lines.push(`${level} ${text ?? String(first)}`);
    const say = createProblemLog({ info: note('info'), warn: note('warn'), error: note('error') } as never); // All it calls.
    const broken = atFile('a.yaml', 'YamlMalformed', 'a tab');
    const odd = atFile('b.yaml', 'NotAFile', 'a pipe', 'Warning');
    say({ problems: [broken, odd] });
    say({ problems: [broken, odd] });
    say({ problems: [] });
    say({ problems: [broken] });
    const first = 'error a.yaml:1:1: a tab';
    expect(lines).toEqual([first, 'warn b.yaml:1:1: a pipe', 'info all files are in force again', first]);
  });
});
