import { ApiError, type Client, type List } from '@kubeplant/api-client';
import { type DataProvider, HttpError, type RaRecord } from 'react-admin';
import { fromId, toId } from './ids.ts';

interface ListQuery {
  readonly limit: number;
  readonly offset: number;
  readonly sort?: string;
  readonly order?: 'asc' | 'desc';
}

/** What react-admin may do with one resource. */
interface ResourceMethods {
  readonly list?: (query: ListQuery) => Promise<List<RaRecord>>;
  readonly one?: (id: string) => Promise<RaRecord | undefined>;
  readonly update?: (id: string, data: Record<string, unknown>) => Promise<RaRecord>;
  readonly remove?: (id: string) => Promise<void>;
}

/** react-admin's way to the api: lists and records. What has other verbs is called on the client itself. */
export function createDataProvider(client: Client): DataProvider {
  const resources = resourceMethods(client);
  const methodOf = <K extends keyof ResourceMethods>(resource: string, name: K): NonNullable<ResourceMethods[K]> => {
    const method = resources[resource]?.[name];
    if (method === undefined) throw new Error(`the console cannot ${name} ${resource}`);
    return method;
  };
  const provider = {
    getList: async (resource: string, params: ListParams) => {
      const { items, total } = await methodOf(resource, 'list')(toQuery(params)).catch(throwHttpError);
      return { data: items, total };
    },
    getOne: async (resource: string, { id }: { id: string }) => {
      const record = await methodOf(resource, 'one')(String(id)).catch(throwHttpError);
      if (record === undefined) throw new HttpError(`There is no ${resource} ${id}.`, 404);
      return { data: record };
    },
    getMany: async (resource: string, { ids }: { ids: readonly string[] }) => {
      const records = await Promise.all(ids.map((id) => methodOf(resource, 'one')(String(id)).catch(throwHttpError)));
      return { data: records.filter((record) => record !== undefined) };
    },
    update: async (resource: string, { id, data }: { id: string; data: Record<string, unknown> }) => ({
      data: await methodOf(resource, 'update')(String(id), data).catch(throwHttpError),
    }),
    delete: async (resource: string, { id, previousData }: { id: string; previousData?: RaRecord }) => {
      await methodOf(resource, 'remove')(String(id)).catch(throwHttpError);
      return { data: previousData ?? { id } };
    },
  };
  return provider as unknown as DataProvider; // Only what the pages of this console call.
}

function resourceMethods(client: Client): Readonly<Record<string, ResourceMethods>> {
  return {
    devices: {
      list: async (query) => withIds(await client.devices.list(query as object), toId),
      one: async (id) => {
        const key = fromId(id);
        if (key === undefined) return undefined;
        const { items } = await client.devices.list({ namespace: key.namespace, q: key.name, limit: 1000 });
        const found = items.find((device) => device.name === key.name);
        return found && { id, ...found };
      },
    },
    tags: {
      list: async (query) => withIds(await client.tags.list(query as object), (tag) => tag.path),
    },
    findings: {
      list: async (query) =>
        withIds(
          await client.findings.list(query as object),
          (one) => `${one.kind}/${one.namespace}/${one.name}/${one.reason}/${one.field}/${one.message}`,
        ),
    },
    users: {
      list: async (query) => withIds(await client.users.list(query as object), (user) => user.username),
      one: async (id) => ({ id, ...(await client.users.get(id)) }),
      update: async (id, data) => ({ id, ...(await client.users.update({ username: id, ...data })) }),
      remove: (id) => client.users.remove(id),
    },
    sessions: {
      list: async (query) => withIds(await client.sessions.list(query as object), (session) => session.id),
      remove: (id) => client.sessions.revoke(id),
    },
  };
}

interface ListParams {
  readonly pagination?: { readonly page: number; readonly perPage: number };
  readonly sort?: { readonly field: string; readonly order: 'ASC' | 'DESC' };
  readonly filter?: Record<string, unknown>;
}

/** Query of the api for a page of react-admin. */
export function toQuery({ pagination = { page: 1, perPage: 25 }, sort, filter = {} }: ListParams): ListQuery {
  const { page, perPage } = pagination;
  const kept = Object.entries(filter).filter(([, value]) => value !== undefined && value !== '' && value !== null);
  return {
    ...Object.fromEntries(kept),
    limit: perPage,
    offset: (page - 1) * perPage,
    ...(sort === undefined || sort.field === 'id'
      ? {}
      : { sort: sort.field, order: sort.order === 'DESC' ? ('desc' as const) : ('asc' as const) }),
  };
}

function withIds<T extends object>({ items, total }: List<T>, idOf: (row: T) => string): List<RaRecord> {
  return { items: items.map((row) => ({ id: idOf(row), ...row })), total };
}

/** An error as react-admin knows it: fields of a 400 beside their inputs. */
function throwHttpError(error: unknown): never {
  if (!(error instanceof ApiError)) throw error;
  const errors = Object.fromEntries((error.problem.errors ?? []).map(({ field, message }) => [field, message]));
  throw new HttpError(error.message, error.status, { ...error.problem, errors });
}
