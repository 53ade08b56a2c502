/** Reject when `work` has not ended in time, after `onLate`; what comes of it is not heard. */
export async function within<T>(limitMs: number, work: Promise<T>, onLate: () => void = () => {}): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    onLate();
    late.reject(new Error(`the database has not answered for ${limitMs / 1000} s`));
  }, limitMs);
  work.catch(() => {}); // after the race nobody listens
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
