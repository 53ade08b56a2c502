const FIRST_CAPACITY = 1 << 16;

/** Readings as columns: memory for what they hold, and no object for each. */
export class ReadingColumns {
  tagId = new Int32Array(FIRST_CAPACITY);
  /** Microseconds since 1970. */
  timeUs = new Float64Array(FIRST_CAPACITY);
  /** NaN where there is no number. */
  value = new Float64Array(FIRST_CAPACITY);
  receivedDeltaMs = new Int32Array(FIRST_CAPACITY);
  status = new Int16Array(FIRST_CAPACITY);
  flags = new Int16Array(FIRST_CAPACITY);
  length = 0;

  /** Append a reading; `status` and `flags` as stored. */
  add(tagId: number, timeUs: number, value: number, receivedDeltaMs: number, status: number, flags: number): void {
    const at = this.length;
    if (at === this.tagId.length) this.#grow();
    this.tagId[at] = tagId;
    this.timeUs[at] = timeUs;
    this.value[at] = value;
    this.receivedDeltaMs[at] = receivedDeltaMs;
    this.status[at] = status;
    this.flags[at] = flags;
    this.length = at + 1;
  }

  #grow(): void {
    const capacity = this.tagId.length * 2;
    const copy = <T extends Int32Array | Float64Array | Int16Array>(to: T, from: T): T => {
      to.set(from);
      return to;
    };
    this.tagId = copy(new Int32Array(capacity), this.tagId);
    this.timeUs = copy(new Float64Array(capacity), this.timeUs);
    this.value = copy(new Float64Array(capacity), this.value);
    this.receivedDeltaMs = copy(new Int32Array(capacity), this.receivedDeltaMs);
    this.status = copy(new Int16Array(capacity), this.status);
    this.flags = copy(new Int16Array(capacity), this.flags);
  }
}
