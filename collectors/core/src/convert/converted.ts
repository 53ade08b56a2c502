/** A value in engineering units with its quality. `value` is undefined where the status says why there is none. */
export interface Converted {
  readonly value: number | string | undefined;
  /** Upper 16 bits of the OPC UA StatusCode; a Bad one has no value. */
  readonly status: number;
  /** Bits of `Flag`. */
  readonly flags: number;
}

/** Converts what a driver read of one tag. What it returns holds until it is called again: a collector makes no object a reading. */
export type Converter = (value: number | string | undefined, status: number, flags: number) => Converted;

/** A number on its way through the steps of its conversion. Once its status is Bad, its value means nothing. */
export interface NumberUnderWay {
  value: number;
  status: number;
  flags: number;
}

/** One step of the conversion of numbers; changes the number in its place. */
export type NumberStep = (number: NumberUnderWay) => void;
