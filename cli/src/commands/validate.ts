import { formatProblem, type Problem } from '@kubeplant/operator-local';
import { defineCommand } from 'citty';
import { paint } from '../output/paint.ts';
import { parseOutput } from '../output/print-rows.ts';
import { readPlant } from '../read-plant.ts';

const FORMATS = ['text', 'json', 'github'] as const;

export const validate = defineCommand({
  meta: { name: 'validate', description: 'Check YAML: schema, rules and references between resources. Nothing is started.' },
  args: {
    path: {
      type: 'positional',
      required: true,
      description: 'Files and folders with YAML, a kustomization, or - for standard input.',
      valueHint: 'PATH…',
    },
    format: { type: 'string', description: FORMATS.join(', '), default: 'text' },
  },
  run: async ({ args }) => {
    const format = parseOutput(args.format, FORMATS);
    // Simulations are judged as where they are allowed: whether they take over is decided by `up --simulate`.
    const { problems, resources, files, ignored } = await readPlant(args._, true);
    const errors = problems.filter(({ severity }) => severity === 'Error').length;
    const summary = `${resources.length} resources in ${files} files${ignored > 0 ? ` (${ignored} of other groups left alone)` : ''}: ${errors} errors, ${problems.length - errors} warnings`;
    if (format === 'json')
      process.stdout.write(
        `${JSON.stringify({ valid: errors === 0, resources: resources.length, files, ignored, problems }, undefined, 2)}\n`,
      );
    else for (const problem of problems) process.stdout.write(`${format === 'github' ? formatGithub(problem) : formatText(problem)}\n`);
    process.stderr.write(`${summary}\n`);
    return errors === 0 ? 0 : 1;
  },
});

const formatText = (problem: Problem): string =>
  `${formatProblem(problem)}${problem.severity === 'Warning' ? paint('yellow', ' [warning]') : ''}`;

/** A workflow command of GitHub: shown beside the line in a pull request. */
function formatGithub(problem: Problem): string {
  const { severity, file, line, column, kind, name, field, message } = problem;
  const property = (text: string): string => escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
  const subject = [kind === undefined ? '' : `${kind}/${name ?? ''}`, field].filter((part) => part !== '').join(' ');
  const title = property(problem.reason);
  return `::${severity === 'Error' ? 'error' : 'warning'} file=${property(file)},line=${line},col=${column},title=${title}::${escapeData(subject === '' ? message : `${subject}: ${message}`)}`;
}

const escapeData = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
