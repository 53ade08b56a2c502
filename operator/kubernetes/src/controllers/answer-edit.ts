import { API_VERSION, isKind, KINDS } from '@kubeplant/crds';
import type { Edit, EditResult } from '@kubeplant/operator-link';
import { stringify } from 'yaml';

const NOTHING = { errors: '', object: '', yaml: '' };

/**
 * Console edits on Kubernetes: what is declared belongs to whoever applies it (Git, kubectl). The answer is 409 with the
 * YAML to commit; nothing is written.
 */
export function answerEdit({ method, kind, namespace, name, object }: Edit): EditResult {
  if (!isKind(kind)) return { ...NOTHING, status: 404, code: 'not-found', message: `There is no kind "${kind}".` };
  if (method === 'DELETE') {
    const command = `kubectl delete ${KINDS[kind].plural} ${name} --namespace ${namespace}`;
    return {
      ...NOTHING,
      status: 409,
      code: 'managed-elsewhere',
      message: `${kind} "${namespace}/${name}" is managed in Kubernetes. Remove it from its repository, or run: ${command}`,
    };
  }
  const declared = parseObject(object);
  if (declared === undefined)
    return { ...NOTHING, status: 400, code: 'invalid', message: 'The resource is not a JSON object with metadata and spec.' };
  const yaml = stringify(toManifest(declared, { kind, namespace, name }), { lineWidth: 0 });
  return {
    ...NOTHING,
    status: 409,
    code: 'managed-elsewhere',
    message: `${kind} "${namespace}/${name}" is managed in Kubernetes. Commit this YAML to its repository, or apply it with kubectl.`,
    yaml,
  };
}

interface Declared {
  readonly metadata?: { readonly labels?: object; readonly annotations?: object };
  readonly spec?: unknown;
}

function parseObject(text: string): Declared | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && 'spec' in value ? value : undefined;
  } catch {
    return undefined;
  }
}

/** What a person writes: neither status nor what the server fills in. */
function toManifest(
  { metadata, spec }: Declared,
  { kind, namespace, name }: { readonly kind: keyof typeof KINDS; readonly namespace: string; readonly name: string },
): object {
  const { labels, annotations } = metadata ?? {};
  const scope = KINDS[kind].scope === 'Namespaced' ? { namespace } : {};
  return {
    apiVersion: API_VERSION,
    kind,
    metadata: {
      name,
      ...scope,
      ...(labels !== undefined && Object.keys(labels).length > 0 && { labels }),
      ...(annotations !== undefined && Object.keys(annotations).length > 0 && { annotations }),
    },
    spec,
  };
}
