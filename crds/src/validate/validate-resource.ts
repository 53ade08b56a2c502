import { API_VERSION, isKind, type KindDefinition, KINDS } from '../schemas/kinds.ts';
import { fillDefaults } from './apply-defaults.ts';
import { checkMetadata } from './check-metadata.ts';
import { checkRules } from './check-rules.ts';
import { checkStructure } from './check-structure.ts';
import { isRecord, type JsonObject } from './is-record.ts';
import { suggest } from './nearest-name.ts';
import { createError, showValue, type ValidationError } from './validation-error.ts';

const ROOT_FIELDS = ['apiVersion', 'kind', 'metadata', 'spec', 'status'];

/**
 * Judge a resource as the API server would: schema, unknown fields (as `kubectl` has it, strictly), metadata, CEL rules.
 * With `old`, the accepted version before the change, also the rules about what may change. Empty: accepted. Takes any
 * JSON and never throws. References to other resources are the plan's findings, not errors here.
 */
export function validateResource(object: unknown, { old }: { readonly old?: unknown } = {}): ValidationError[] {
  if (!isRecord(object)) return [createError([], `must be a resource with apiVersion, kind, metadata and spec, is ${showValue(object)}`)];
  const identity = checkIdentity(object);
  if (typeof object.kind !== 'string' || !isKind(object.kind) || object.apiVersion !== API_VERSION) return identity;
  const definition: KindDefinition = KINDS[object.kind];
  return [
    ...checkRoot(object),
    ...checkMetadata(definition, object.metadata),
    ...checkSpec(definition, object, old),
    ...checkStatus(definition, object.status),
  ];
}

function checkIdentity({ apiVersion, kind }: JsonObject): ValidationError[] {
  const errors: ValidationError[] = [];
  if (apiVersion !== API_VERSION)
    errors.push(createError(['apiVersion'], `is ${showValue(apiVersion)}; must be ${API_VERSION}`, apiVersion));
  if (typeof kind !== 'string' || !isKind(kind)) {
    const kinds = Object.keys(KINDS);
    errors.push(
      createError(
        ['kind'],
        `is ${showValue(kind)}; must be one of ${kinds.join(', ')}${typeof kind === 'string' ? suggest(kind, kinds) : ''}`,
        kind,
      ),
    );
  }
  return errors;
}

function checkRoot(object: JsonObject): ValidationError[] {
  const unknown = Object.keys(object).filter((name) => !ROOT_FIELDS.includes(name));
  return unknown.map((name) => createError([name], `is not a field here${suggest(name, ROOT_FIELDS)}`));
}

function checkSpec({ kind, spec: schema }: KindDefinition, object: JsonObject, old: unknown): ValidationError[] {
  if (object.spec === undefined) return [createError(['spec'], 'is required')];
  const value = fillDefaults(schema, object.spec);
  const structural = checkStructure(schema, value, ['spec']);
  // A previous version that is not of this kind, or was never valid, binds nothing.
  const before = isRecord(old) && old.kind === kind ? fillDefaults(schema, old.spec) : undefined;
  const comparable = before !== undefined && checkStructure(schema, before, ['spec']).length === 0;
  const rules = checkRules({ schema, value, path: ['spec'], structural, ...(comparable ? { old: before } : {}) });
  return [...structural, ...rules];
}

/** What a status holds is the operator's and ignored on the way in; only fields that no status has are refused. */
function checkStatus({ status: schema }: KindDefinition, status: unknown): ValidationError[] {
  if (!isRecord(status)) return [];
  return checkStructure(schema, status, ['status']).filter(({ message }) => message.startsWith('is not a field here'));
}
