/** Lets several wait for the next change. */
export interface ChangeSignal {
  next(): Promise<void>;
  tell(): void;
}

export function createChangeSignal(): ChangeSignal {
  let tellNow: () => void = () => {};
  const renew = (): Promise<void> =>
    new Promise((resolve) => {
      tellNow = resolve;
    });
  let next = renew();
  return {
    next: () => next,
    tell: () => {
      tellNow();
      next = renew();
    },
  };
}
