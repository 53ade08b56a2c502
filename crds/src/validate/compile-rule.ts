import { celEnv, isCelError, parse, plan } from '@bufbuild/cel';
import type { CelRule } from '../schemas/structural.ts';
import type { CelData } from './cel-value.ts';
import { toRegExp } from './check-scalar.ts';
import { showValue } from './validation-error.ts';

/** A rule ready to run. */
export interface CompiledRule {
  /** Compares with the value before the change: runs on updates only. */
  readonly isTransition: boolean;
  /** What is wrong; undefined when the rule holds. */
  check(self: CelData, oldSelf?: CelData): string | undefined;
}

const env = celEnv({ re2: { compile: toRegExp } });
const rules = new WeakMap<CelRule, CompiledRule>();

/** Compile a rule, once. Throws when it is not CEL: a bug in a schema. */
export function compileRule(rule: CelRule): CompiledRule {
  const known = rules.get(rule);
  if (known) return known;
  const compiled = compile(rule);
  rules.set(rule, compiled);
  return compiled;
}

function compile({ rule, message, messageExpression }: CelRule): CompiledRule {
  const run = plan(env, parse(rule));
  const runMessage = messageExpression === undefined ? undefined : plan(env, parse(messageExpression));
  return {
    isTransition: /\boldSelf\b/.test(rule),
    check: (self, oldSelf) => {
      const bindings = oldSelf === undefined ? { self } : { self, oldSelf };
      const result = run(bindings);
      if (result === true) return undefined;
      // As in Kubernetes, a rule that cannot be evaluated (a duration beyond all bounds) refuses the value.
      const text = isCelError(result) ? undefined : runMessage?.(bindings);
      const said = typeof text === 'string' && text.trim() !== '' ? text : message;
      return typeof self === 'object' ? said : `is ${showValue(typeof self === 'bigint' ? Number(self) : self)}; ${said}`;
    },
  };
}
