/** A JSON object. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** True for JSON objects. */
export const isRecord = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);
