import { Environment, ParseError } from '@marcbachmann/cel-js';
import { compileNode, type CompileScope, ExpressionError } from './compile-node.ts';

/** A tag an expression reads; without `device` it is a tag of the device the expression belongs to. */
export interface ExpressionInput {
  readonly device?: string;
  readonly tag: string;
}

/** What a name such as `previous` stands for, and what it means for the reader of an error. */
export interface ExpressionOptions {
  /** Names the expression may use beside `tag()`; their values are the second argument of `evaluate`, in this order. */
  readonly variables?: readonly string[];
}

/** An expression that can be evaluated. */
export interface CompiledExpression {
  readonly kind: 'ok';
  /** Each tag once, in order of appearance. */
  readonly inputs: readonly ExpressionInput[];
  /**
   * Value for the present inputs: `get(i)` is the value of `inputs[i]`, NaN where there is none. NaN where the result
   * has no value (a division by zero, an overflow, a root of a negative number, a missing input that matters).
   * A condition as result is 1 or 0. Never throws, unless `get` does.
   */
  readonly evaluate: (get: (input: number) => number, variables?: readonly number[]) => number;
}

/** Why an expression cannot be used; `position` counts characters from 0. */
export interface FailedExpression {
  readonly kind: 'error';
  readonly message: string;
  readonly position?: number;
}

const parser = new Environment({ limits: { maxAstNodes: 2000, maxDepth: 60 } });

/**
 * Compile a CEL expression over tags: `tag('device','tag')`, `tag('tag')` (of the same device), numbers, arithmetic,
 * comparisons, `&&`, `||`, `!`, `? :`, and min, max, abs, sqrt, pow, round. All numbers are doubles, so `1 / 2` is 0.5
 * and `2 * tag('a')` needs no decimal point. Types are checked here, once.
 */
export function compileExpression(text: string, options: ExpressionOptions = {}): CompiledExpression | FailedExpression {
  const inputs: ExpressionInput[] = [];
  const scope: CompileScope = { variables: options.variables ?? [], input: (device, tag) => addInput(inputs, device, tag) };
  try {
    const { run } = compileNode(parser.parse(text).ast, scope);
    return { kind: 'ok', inputs, evaluate: (get, variables = []) => run(get, variables) };
  } catch (error) {
    if (error instanceof ExpressionError) return failed(text, error.message, error.position);
    if (error instanceof ParseError) return failed(text, error.summary, error.range?.start);
    // The parser recurses: text that is nested beyond its own limit ends here.
    if (error instanceof RangeError) return failed(text, 'nested too deeply', undefined);
    throw error;
  }
}

function failed(text: string, reason: string, position: number | undefined): FailedExpression {
  const where = position === undefined ? '' : ` at character ${position + 1}`;
  const shown = text.length > 200 ? `${text.slice(0, 200)}…` : text;
  return { kind: 'error', message: `expression "${shown}"${where}: ${reason}`, ...(position === undefined ? {} : { position }) };
}

function addInput(inputs: ExpressionInput[], device: string | undefined, tag: string): number {
  const known = inputs.findIndex((input) => input.device === device && input.tag === tag);
  if (known >= 0) return known;
  return inputs.push(device === undefined ? { tag } : { device, tag }) - 1;
}
