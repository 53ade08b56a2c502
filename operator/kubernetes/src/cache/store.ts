import { type KubeObject, keyOf } from '../api/kube-object.ts';

/** A change of the cache. A deletion and a creation under one name are told apart by uid. */
export interface StoreEvent<T> {
  readonly kind: 'added' | 'updated' | 'deleted';
  readonly object: T;
  /** Before an update. */
  readonly old?: T;
  /** Came with the first list or a relist, not as a change that was just made. */
  readonly initial: boolean;
}

/** Objects of one kind, as last seen, with an index. */
export interface Store<T extends KubeObject> {
  get(key: string): T | undefined;
  list(): T[];
  /** Objects filed under a value of the index. */
  filed(value: string): T[];
  size(): number;
  put(object: T): void;
  remove(key: string): void;
  /** The complete picture of a list. */
  replace(objects: readonly T[]): void;
  onEvent(listener: (event: StoreEvent<T>) => void): void;
}

/** `fileUnder` gives the index value of an object; undefined: none. */
export function createStore<T extends KubeObject>(fileUnder: (object: T) => string | undefined = () => undefined): Store<T> {
  const objects = new Map<string, T>();
  const index = new Map<string, Map<string, T>>();
  const listeners: ((event: StoreEvent<T>) => void)[] = [];
  const tell = (event: StoreEvent<T>) => {
    for (const listener of listeners) listener(event);
  };
  const unfile = (key: string, object: T) => {
    const value = fileUnder(object);
    if (value === undefined) return;
    const filed = index.get(value);
    filed?.delete(key);
    if (filed?.size === 0) index.delete(value);
  };
  const file = (key: string, object: T) => {
    const value = fileUnder(object);
    if (value === undefined) return;
    const filed = index.get(value);
    if (filed === undefined) index.set(value, new Map([[key, object]]));
    else filed.set(key, object);
  };
  const remove = (key: string, initial: boolean) => {
    const old = objects.get(key);
    if (old === undefined) return;
    objects.delete(key);
    unfile(key, old);
    tell({ kind: 'deleted', object: old, initial });
  };
  const put = (object: T, initial: boolean) => {
    const key = keyOf(object);
    const old = objects.get(key);
    if (old !== undefined && old.metadata.uid !== object.metadata.uid) remove(key, initial);
    const same = objects.get(key);
    if (same !== undefined && same.metadata.resourceVersion === object.metadata.resourceVersion) return;
    if (same !== undefined) unfile(key, same);
    objects.set(key, object);
    file(key, object);
    tell(same === undefined ? { kind: 'added', object, initial } : { kind: 'updated', object, old: same, initial });
  };
  return {
    get: (key) => objects.get(key),
    list: () => [...objects.values()],
    filed: (value) => [...(index.get(value)?.values() ?? [])],
    size: () => objects.size,
    put: (object) => put(object, false),
    remove: (key) => remove(key, false),
    replace: (all) => {
      const present = new Set(all.map(keyOf));
      for (const key of [...objects.keys()]) if (!present.has(key)) remove(key, true);
      for (const object of all) put(object, true);
    },
    onEvent: (listener) => void listeners.push(listener),
  };
}
