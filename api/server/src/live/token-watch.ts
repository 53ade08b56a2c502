/** A client is told this long before its token ends. */
const warningMs = 30_000;

/** Watches the end of one token after the other. */
export interface TokenWatch {
  /** From now on this is when the token ends; undefined: never. */
  until(endMs: number | undefined): void;
  stop(): void;
}

/** Watch that warns 30 s ahead and says when the end has come. */
export function createTokenWatch(deps: {
  readonly now: () => number;
  readonly onExpiring: (expiresInS: number) => void;
  readonly onExpired: () => void;
}): TokenWatch {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stop = (): void => clearTimeout(timer);
  return {
    until(endMs) {
      stop();
      if (endMs === undefined) return;
      const warn = (): void => {
        deps.onExpiring(Math.max(0, Math.round((endMs - deps.now()) / 1000)));
        timer = setTimeout(deps.onExpired, Math.max(0, endMs - deps.now()));
      };
      timer = setTimeout(warn, Math.max(0, endMs - warningMs - deps.now()));
    },
    stop,
  };
}
