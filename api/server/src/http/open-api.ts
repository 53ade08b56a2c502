import type { TSchema } from 'typebox';
import { Problem } from '@kubeplant/api-client/schemas';
import type { Action } from '../actions/action.ts';
import { pathNames, queryNames } from './collect-input.ts';
import { MOUNTS, type Mount } from './mounts.ts';

/** OpenAPI 3.1 of the mounts: what is validated is what is described. */
export function buildOpenApi(version: string): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const mount of MOUNTS) {
    const path = mount.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [mount.method.toLowerCase()]: toOperation(mount) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Kubeplant',
      version,
      description: 'Plants declared in YAML: values, history, alarms, accounts.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ accessToken: [] }],
    paths,
    components: {
      schemas: { Problem },
      securitySchemes: { accessToken: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      responses: {
        Problem: {
          description: 'What is wrong',
          content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
        },
      },
    },
  };
}

function toOperation(mount: Mount): object {
  const { action } = mount;
  const query = queryNames(mount, action);
  const parameters = [
    ...pathNames(mount).map((name) => parameter('path', name, action, true)),
    ...query.map((name) => parameter('query', name, action, isRequired(action, name))),
    ...Object.entries(mount.headers ?? {}).map(([name, header]) => ({ ...parameter('header', name, action, false), name: header })),
  ];
  const body = bodySchema(mount, query);
  return {
    operationId: action.name,
    summary: action.summary,
    tags: [action.name.split('.')[0]],
    ...(action.permission === 'public' ? { security: [] } : {}),
    ...(action.permission === 'public' || action.permission === 'self' ? {} : { 'x-permission': action.permission }),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body === undefined ? {} : { requestBody: { required: true, content: { 'application/json': { schema: body } } } }),
    responses: {
      [String(mount.status ?? 200)]: { description: 'Done', content: contentOf(mount) },
      default: { $ref: '#/components/responses/Problem' },
    },
  };
}

function parameter(place: 'path' | 'query' | 'header', name: string, action: Action, required: boolean) {
  const schema = action.input.properties[name] as { type?: string; description?: string } | undefined; // A JSON schema.
  const list = schema?.type === 'array' ? { style: 'form', explode: false } : {};
  return {
    name,
    in: place,
    required,
    ...(schema?.description === undefined ? {} : { description: schema.description }),
    ...list,
    schema: schema ?? {},
  };
}

const isRequired = (action: Action, name: string): boolean => (action.input as { required?: string[] }).required?.includes(name) ?? false;

function bodySchema(mount: Mount, query: readonly string[]): TSchema | object | undefined {
  const { action } = mount;
  if (mount.body !== undefined) return action.input.properties[mount.body];
  const elsewhere = new Set([...pathNames(mount), ...query, ...Object.keys(mount.headers ?? {})]);
  const names = Object.keys(action.input.properties).filter((name) => !elsewhere.has(name));
  if (mount.method === 'GET' || mount.method === 'DELETE' || names.length === 0) return undefined;
  const properties = Object.fromEntries(names.map((name) => [name, action.input.properties[name]]));
  return { type: 'object', properties, required: names.filter((name) => isRequired(action, name)), additionalProperties: false };
}

function contentOf({ action, csv, contentTypes }: Mount): object {
  if (contentTypes !== undefined) return Object.fromEntries(contentTypes.map((type) => [type.split(';')[0], {}]));
  const text = { 'text/csv': { schema: { type: 'string' } } };
  if (action.output === undefined) return text;
  return { 'application/json': { schema: action.output }, ...(csv === undefined ? {} : text) };
}
