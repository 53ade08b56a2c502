import { statusText } from '@kubeplant/words';

/** What a message may name. */
export interface MessageFacts {
  readonly device: string;
  readonly tag: string;
  readonly unit: string;
  readonly limit: string;
  readonly states: Readonly<Record<string, string>>;
  /** Value of the moment; NaN where there is none. */
  readonly value: number;
  readonly text: string | undefined;
  readonly status: number;
}

/** Fill in `$(device)`, `$(tag)`, `$(value)`, `$(unit)` and `$(limit)`; a missing one takes the space before it along, others stay as they are. */
export function formatMessage(template: string, facts: MessageFacts): string {
  const filled = template.replaceAll(/( ?)\$\((device|tag|value|unit|limit)\)/g, (_whole, space: string, name: Placeholder) => {
    const text = name === 'value' ? formatValue(facts) : facts[name];
    return text === '' ? '' : space + text;
  });
  return filled.trim();
}

type Placeholder = 'device' | 'tag' | 'value' | 'unit' | 'limit';

/** Name of the state, text, or number; the status where there is no value. */
function formatValue({ value, text, states, status }: MessageFacts): string {
  if (text !== undefined) return states[text] ?? text;
  if (!Number.isFinite(value)) return statusText(status);
  return states[String(value)] ?? formatNumber(value);
}

/** Six significant digits; whole numbers in full. */
export function formatNumber(value: number): string {
  if (Number.isInteger(value)) return String(value);
  return String(Math.abs(value) >= 1e6 ? Math.round(value) : Number(value.toPrecision(6)));
}
