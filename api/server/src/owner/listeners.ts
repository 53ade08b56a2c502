/** Those who want to be told of something. A listener that throws is a bug and is not caught. */
export interface Listeners<T> {
  /** What is returned ends it. */
  add(listener: (value: T) => void): () => void;
  tell(value: T): void;
}

export function createListeners<T>(): Listeners<T> {
  const all = new Set<(value: T) => void>();
  return {
    add: (listener) => {
      all.add(listener);
      return () => void all.delete(listener);
    },
    tell: (value) => {
      for (const listener of all) listener(value);
    },
  };
}
