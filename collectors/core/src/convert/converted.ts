/** A value in engineering units with its quality. `value` is undefined where the status says why there is none. */
export interface Converted {
  readonly value: number | string | undefined;
  /** Upper 16 bits of the OPC UA StatusCode; a Bad one has no value. */
  readonly status: number;
  /** Bits of `Flag`. */
  readonly flags: number;
}

/** Converts what a driver read of one tag. */
export type Converter = (value: number | string | undefined, status: number, flags: number) => Converted;

/** One step of the conversion of numbers: what it makes of a value that has one. */
export type NumberStep = (value: number, status: number, flags: number) => Converted;
