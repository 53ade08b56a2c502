const MOST = 256;

/** Transaction ids that timed out lately, to name a late reply as such. Bounded. */
export class LateReplies {
  readonly #ids = new Set<number>();

  add(id: number): void {
    this.#ids.add(id);
    const [oldest] = this.#ids;
    if (this.#ids.size > MOST && oldest !== undefined) this.#ids.delete(oldest);
  }

  /** True, once, for an id that timed out. */
  take(id: number): boolean {
    return this.#ids.delete(id);
  }

  clear(): void {
    this.#ids.clear();
  }
}
