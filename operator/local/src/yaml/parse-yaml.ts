import { LineCounter, parseAllDocuments } from 'yaml';
import { createConverter } from './convert-node.ts';
import { createPositions } from './positions.ts';
import type { ParsedYaml, YamlDocument, YamlProblem } from './types.ts';

/** Codes of the library for what kubectl accepts, or what is judged here. */
const NOT_PROBLEMS = new Set(['TAG_RESOLVE_FAILED', 'DUPLICATE_KEY']);

/**
 * Parse a file as kubectl parses it (sigs.k8s.io/yaml), document by document, keeping where every field is.
 * The library only finds the structure; what a scalar means is decided in `resolveScalar`.
 */
export function parseYaml(text: string): ParsedYaml {
  const lineCounter = new LineCounter();
  const documents = parseAllDocuments(text, {
    schema: 'failsafe',
    uniqueKeys: false,
    resolveKnownTags: false,
    logLevel: 'silent',
    strict: false,
    lineCounter,
  });
  const problems: YamlProblem[] = [];
  const parsed: YamlDocument[] = [];
  const at = (offset: number) => {
    const { line, col } = lineCounter.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const control = findControlCharacter(text);
  if (control !== undefined)
    problems.push({
      ...at(control),
      severity: 'Error',
      reason: 'YamlMalformed',
      message: notTextMessage(text),
    });
  for (const document of 'empty' in documents ? [] : documents) {
    for (const error of [...document.errors, ...document.warnings]) {
      if (NOT_PROBLEMS.has(error.code)) continue;
      problems.push({ ...at(error.pos[0]), severity: 'Error', reason: 'YamlMalformed', message: firstLine(error.message) });
    }
    if (document.directives.yaml.explicit && document.directives.yaml.version !== '1.1') {
      problems.push({
        ...at(0),
        severity: 'Error',
        reason: 'YamlMalformed',
        message: 'kubectl reads YAML 1.1: remove the %YAML directive',
      });
    }
    const positions = createPositions(at);
    const convert = createConverter({ positions, at, report: (problem) => problems.push(problem) });
    parsed.push({ value: convert(document), positionOf: positions.positionOf, document });
  }
  if (problems.some(({ severity }) => severity === 'Error')) return { kind: 'malformed', problems };
  return { kind: 'documents', documents: parsed, warnings: problems };
}

/** A NUL or what UTF-8 decoding could not read never comes from a keyboard. */
const notTextMessage = (text: string): string =>
  text.includes('\0') || text.includes('\ufffd')
    ? 'this is not UTF-8 text: save the file as UTF-8, or move it out of the folder'
    : 'control characters are not allowed: remove it, or write it as an escape in double quotes';

/** Offset of the first character YAML does not allow, if any. */
function findControlCharacter(text: string): number | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  const found = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/.exec(text);
  return found?.index;
}

/** The library draws the place below its message; we name line and column instead. */
const firstLine = (message: string): string => (message.split('\n')[0] ?? message).replace(/ at line \d+, column \d+:?$/, '');
