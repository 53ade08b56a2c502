/** An expected refusal of an action: becomes a problem. `code` is stable. */
export class ActionError extends Error {
  override readonly name = 'ActionError';
  readonly status: number;
  readonly code: string;
  readonly errors: readonly FieldError[] | undefined;
  /** Further members of the problem. */
  readonly extra: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(refusal: Refusal) {
    super(refusal.detail);
    this.status = refusal.status;
    this.code = refusal.code;
    this.errors = refusal.errors;
    this.extra = refusal.extra ?? {};
    this.headers = refusal.headers ?? {};
  }
}

/** A field that is wrong, and what to do. */
export interface FieldError {
  readonly field: string;
  readonly message: string;
}

interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly errors?: readonly FieldError[];
  readonly extra?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** 400 naming fields. */
export const invalidInput = (errors: readonly FieldError[]): ActionError =>
  new ActionError({ status: 400, code: 'invalid', detail: errors.map(({ field, message }) => `${field} ${message}`).join('; '), errors });

/** 404, also for what the user may not see. */
export const notFound = (what: string): ActionError =>
  new ActionError({ status: 404, code: 'not-found', detail: `There is no ${what}, or you may not see it.` });

/** 403 of somebody who may see it. */
export const forbidden = (detail: string): ActionError => new ActionError({ status: 403, code: 'forbidden', detail });

/** 401. */
export const unauthorized = (code: 'signed-out' | 'token-expired' | 'session-ended' | 'wrong-password', detail: string): ActionError =>
  new ActionError({ status: 401, code, detail, headers: { 'www-authenticate': 'Bearer' } });

/** 503: try again later. */
export const unavailable = (detail: string): ActionError =>
  new ActionError({ status: 503, code: 'unavailable', detail, headers: { 'retry-after': '2' } });

/** 429: wrong passwords before this one. */
export function tooManyLogins(waitMs: number): ActionError {
  const seconds = Math.ceil(waitMs / 1000);
  const detail = `Too many wrong passwords; try again in ${seconds} s.`;
  return new ActionError({ status: 429, code: 'too-many-logins', detail, headers: { 'retry-after': String(seconds) } });
}
