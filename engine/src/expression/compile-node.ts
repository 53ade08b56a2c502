import type { ASTNode } from '@marcbachmann/cel-js';
import { ARITHMETIC, COMPARISONS, equals, FUNCTIONS, type NumericFunction } from './operations.ts';

/** Evaluates a node. Conditions are 1, 0, or NaN where they cannot be decided. */
export type Run = (get: (input: number) => number, variables: readonly number[]) => number;

/** A node and what it yields. */
export interface CompiledNode {
  readonly type: 'number' | 'condition';
  readonly run: Run;
}

/** What an expression may refer to. */
export interface CompileScope {
  readonly variables: readonly string[];
  /** Index of an input, added where it is new. */
  readonly input: (device: string | undefined, tag: string) => number;
}

/** What is wrong with an expression, and where. */
export class ExpressionError extends Error {
  readonly position: number;
  constructor(message: string, node: ASTNode) {
    super(message);
    this.name = 'ExpressionError';
    this.position = node.range.start;
  }
}

/** Type-check a node and turn it into a closure; throws `ExpressionError`. */
export function compileNode(node: ASTNode, scope: CompileScope): CompiledNode {
  switch (node.op) {
    case 'value':
      return compileLiteral(node);
    case 'id':
      return compileVariable(node, node.args, scope);
    case 'call':
      return node.args[0] === 'tag' ? compileTag(node, node.args[1], scope) : compileCall(node, node.args[0], node.args[1], scope);
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
      return compileBinary(node.args, scope, ARITHMETIC[node.op], 'number');
    case '<':
    case '<=':
    case '>':
    case '>=':
      return compileBinary(node.args, scope, COMPARISONS[node.op], 'condition');
    case '==':
    case '!=':
      return compileEquality(node.args, scope, node.op === '==');
    case '&&':
    case '||':
      return compileLogical(node.args, scope, node.op === '&&');
    case '!_': {
      const of = condition(node.args, scope);
      return { type: 'condition', run: (get, variables) => 1 - of(get, variables) };
    }
    case '-_': {
      const of = number(node.args, scope);
      return { type: 'number', run: (get, variables) => -of(get, variables) };
    }
    case '?:':
      return compileChoice(node.args, scope);
    default:
      throw new ExpressionError(unknownConstruct(node.op), node);
  }
}

function unknownConstruct(op: string): string {
  const name = op === '.' || op === 'rcall' ? 'a field or method (.)' : op === '[]' || op === 'list' ? 'a list ([])' : `"${op}"`;
  return `${name} is not available here; use tag(), arithmetic, comparisons, ? : and ${Object.keys(FUNCTIONS).join(', ')}`;
}

function compileLiteral(node: ASTNode & { op: 'value' }): CompiledNode {
  const value = node.args;
  if (typeof value === 'boolean') return constant('condition', value ? 1 : 0);
  if (typeof value !== 'bigint' && typeof value !== 'number')
    throw new ExpressionError(`${nameOf(value)} stands here, a number is needed`, node);
  const asNumber = Number(value);
  if (!Number.isFinite(asNumber)) throw new ExpressionError('the number is too large', node);
  return constant('number', asNumber);
}

function nameOf(value: unknown): string {
  if (value === null) return 'null';
  return typeof value === 'string' ? 'a text' : 'an unsigned integer or bytes';
}

const constant = (type: CompiledNode['type'], value: number): CompiledNode => ({ type, run: () => value });

function compileVariable(node: ASTNode, name: string, scope: CompileScope): CompiledNode {
  const index = scope.variables.indexOf(name);
  if (index >= 0) return { type: 'number', run: (_get, variables) => variables[index] ?? Number.NaN };
  const known = scope.variables.length === 0 ? '' : ` (known: ${scope.variables.join(', ')})`;
  throw new ExpressionError(`"${name}" is unknown${known}; a tag is read by tag('${name}') or tag('device','${name}')`, node);
}

function compileTag(node: ASTNode, args: readonly ASTNode[], scope: CompileScope): CompiledNode {
  const names = args.map((arg) => {
    if (arg.op === 'value' && typeof arg.args === 'string' && arg.args !== '') return arg.args;
    throw new ExpressionError("names in tag() are quoted texts: tag('device','tag')", arg);
  });
  const [first, second] = names;
  if (first === undefined || names.length > 2) throw new ExpressionError("tag() takes tag('tag') or tag('device','tag')", node);
  const index = second === undefined ? scope.input(undefined, first) : scope.input(first, second);
  return { type: 'number', run: (get) => get(index) };
}

function compileCall(node: ASTNode, name: string, args: readonly ASTNode[], scope: CompileScope): CompiledNode {
  const definition: NumericFunction | undefined = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
  if (definition === undefined) {
    throw new ExpressionError(`function ${name}() is unknown; known are tag, ${Object.keys(FUNCTIONS).join(', ')}`, node);
  }
  const { minArgs, maxArgs, apply } = definition;
  if (args.length < minArgs || args.length > maxArgs) {
    const wanted = maxArgs === minArgs ? `${minArgs}` : maxArgs === Infinity ? `at least ${minArgs}` : `${minArgs} to ${maxArgs}`;
    throw new ExpressionError(`${name}() takes ${wanted} number${wanted === '1' ? '' : 's'}, ${args.length} given`, node);
  }
  const runs = args.map((arg) => number(arg, scope));
  return { type: 'number', run: (get, variables) => apply(runs.map((run) => run(get, variables))) };
}

function compileBinary(
  [left, right]: readonly [ASTNode, ASTNode],
  scope: CompileScope,
  apply: (a: number, b: number) => number,
  type: CompiledNode['type'],
): CompiledNode {
  const a = number(left, scope);
  const b = number(right, scope);
  return { type, run: (get, variables) => apply(a(get, variables), b(get, variables)) };
}

/** Numbers and conditions may be compared with each other: a Boolean tag is 1 or 0, so `tag('running') == true` works. */
function compileEquality([left, right]: readonly [ASTNode, ASTNode], scope: CompileScope, wanted: boolean): CompiledNode {
  const a = compileNode(left, scope).run;
  const b = compileNode(right, scope).run;
  return { type: 'condition', run: (get, variables) => equals(a(get, variables), b(get, variables), wanted) };
}

/** CEL's rule: one side that decides is enough, even if the other cannot be decided. */
function compileLogical([left, right]: readonly [ASTNode, ASTNode], scope: CompileScope, and: boolean): CompiledNode {
  const a = condition(left, scope);
  const b = condition(right, scope);
  const decides = and ? 0 : 1;
  const run: Run = (get, variables) => {
    const first = a(get, variables);
    if (first === decides) return decides;
    const second = b(get, variables);
    if (second === decides) return decides;
    return Number.isNaN(first) ? first : second;
  };
  return { type: 'condition', run };
}

function compileChoice([test, yes, no]: readonly [ASTNode, ASTNode, ASTNode], scope: CompileScope): CompiledNode {
  const when = condition(test, scope);
  const first = compileNode(yes, scope);
  const second = compileNode(no, scope);
  if (first.type !== second.type) throw new ExpressionError('both sides of : must be numbers, or both conditions', no);
  const run: Run = (get, variables) => {
    const decided = when(get, variables);
    if (decided === 1) return first.run(get, variables);
    return decided === 0 ? second.run(get, variables) : Number.NaN;
  };
  return { type: first.type, run };
}

function number(node: ASTNode, scope: CompileScope): Run {
  const { type, run } = compileNode(node, scope);
  if (type !== 'number') throw new ExpressionError('a condition stands here, a number is needed; write (condition ? 1 : 0)', node);
  return run;
}

function condition(node: ASTNode, scope: CompileScope): Run {
  const { type, run } = compileNode(node, scope);
  if (type !== 'condition') throw new ExpressionError('a number stands here, a condition is needed; compare it, e.g. != 0', node);
  return run;
}
