import type { TObject } from 'typebox';
import type { Action } from '../actions/action.ts';
import { ActionError, type FieldError, invalidInput } from '../actions/action-error.ts';
import type { Mount } from './mounts.ts';

/** What of a request makes the input. */
export interface RequestParts {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** Names in the path of a mount. */
export const pathNames = (mount: Mount): string[] => [...mount.path.matchAll(/:(\w+)/g)].map((match) => match[1] ?? '');

/** Names that come in the query. */
export function queryNames(mount: Mount, action: Action): string[] {
  if (mount.query !== undefined) return [...mount.query];
  const elsewhere = new Set([...pathNames(mount), ...Object.keys(mount.headers ?? {})]);
  const fromQuery = mount.method === 'GET' || mount.method === 'DELETE';
  return fromQuery ? Object.keys(action.input.properties).filter((name) => !elsewhere.has(name)) : [];
}

/** One input of path, query, body and headers; query texts become what the schema says. Throws a 400 that names strangers. */
export function collectInput(mount: Mount, action: Action, parts: RequestParts): Record<string, unknown> {
  const input: Record<string, unknown> = { ...(parts.params as object) }; // Fastify's params are an object of texts.
  const strangers: FieldError[] = [];
  const known = queryNames(mount, action);
  for (const [name, value] of Object.entries(parts.query as Record<string, string | string[]>)) {
    // As the query parser makes it.
    if (known.includes(name)) input[name] = fromText(action.input, name, value);
    else strangers.push({ field: name, message: `is not a query parameter here; known are ${known.join(', ') || 'none'}` });
  }
  for (const [name, header] of Object.entries(mount.headers ?? {})) {
    const value = parts.headers[header];
    if (typeof value === 'string') input[name] = value;
  }
  if (mount.body !== undefined) input[mount.body] = parts.body;
  else
    for (const [name, value] of Object.entries(toObject(parts.body))) {
      if (Object.hasOwn(input, name)) strangers.push({ field: name, message: 'is given by the address already' });
      else input[name] = value;
    }
  if (strangers.length > 0) throw invalidInput(strangers);
  return input;
}

function toObject(body: unknown): object {
  if (body === undefined || body === null) return {};
  if (typeof body === 'object' && !Array.isArray(body)) return body;
  throw new ActionError({
    status: 400,
    code: 'invalid',
    detail: 'The body must be a JSON object.',
    errors: [{ field: '', message: 'must be a JSON object' }],
  });
}

/** A query text as the schema's type; what does not fit stays text and is refused by the schema. */
function fromText(schema: TObject, name: string, value: string | string[]): unknown {
  const property = schema.properties[name] as { type?: string } | undefined; // A JSON schema.
  const texts = Array.isArray(value) ? value : [value];
  if (property?.type === 'array') return texts.flatMap((text) => text.split(',')).filter((text) => text !== '');
  if (texts.length > 1) return texts;
  const [text = ''] = texts;
  if (property?.type === 'integer' || property?.type === 'number') return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
  if (property?.type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  return text;
}
