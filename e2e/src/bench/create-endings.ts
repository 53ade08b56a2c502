/** What is to be undone at the end of something, however it ends. */
export interface Endings {
  /** Undo this at the end, before what was deferred earlier. What is returned undoes it now; a second call waits for the first. */
  defer(undo: () => Promise<void> | void): () => Promise<void>;
  /** Undo all, last in, first out; one that fails does not keep the others from it. Rejects with the first failure. */
  end(): Promise<void>;
}

/** Nothing to undo yet. */
export function createEndings(): Endings {
  const open: (() => Promise<void>)[] = [];
  return {
    defer: (undo) => {
      let done: Promise<void> | undefined;
      const once = (): Promise<void> => {
        const at = open.indexOf(once);
        if (at >= 0) open.splice(at, 1);
        done ??= Promise.resolve().then(undo);
        return done;
      };
      open.push(once);
      return once;
    },
    end: async () => {
      const failures: unknown[] = [];
      for (let undo = open.pop(); undo !== undefined; undo = open.pop()) await undo().catch((error: unknown) => failures.push(error));
      if (failures.length > 0) throw failures[0];
    },
  };
}
