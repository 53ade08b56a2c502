/** What went wrong with a request, as far as callers tell outcomes apart. */
export type ApiErrorCode =
  | 'NotFound'
  | 'Conflict'
  | 'AlreadyExists'
  | 'Invalid'
  | 'Forbidden'
  | 'Gone'
  | 'TooManyRequests'
  | 'Unavailable'
  | 'Refused'
  | 'Silent'
  | 'NotLeading';

/** The API server answered with an error, or not at all (`Unavailable`). */
export class ApiError extends Error {
  readonly code: ApiErrorCode;
  /** HTTP status; 0 without an answer. */
  readonly status: number;
  readonly retryAfterMs: number | undefined;

  constructor(
    code: ApiErrorCode,
    message: string,
    options: { readonly status?: number; readonly retryAfterMs?: number | undefined; readonly cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'ApiError';
    this.code = code;
    this.status = options.status ?? 0;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** True for an ApiError with this code. */
export const isApiError = (error: unknown, code: ApiErrorCode): boolean => error instanceof ApiError && error.code === code;

/** The error an answer of 400 or more stands for. `body` is a Status object where the API server itself answered. */
export function toApiError(
  status: number,
  body: unknown,
  { what, retryAfter }: { readonly what: string; readonly retryAfter?: string | undefined },
): ApiError {
  const { message, reason } = typeof body === 'object' && body !== null ? (body as { message?: unknown; reason?: unknown }) : {};
  const text = typeof message === 'string' ? message : typeof body === 'string' ? body.slice(0, 500) : '';
  const seconds = Number(retryAfter);
  const retryAfterMs = retryAfter !== undefined && Number.isFinite(seconds) ? seconds * 1000 : undefined;
  return new ApiError(codeOf(status, reason), `${what}: ${status} ${text}`, { status, retryAfterMs });
}

function codeOf(status: number, reason: unknown): ApiErrorCode {
  if (status === 404) return 'NotFound';
  if (status === 409) return reason === 'AlreadyExists' ? 'AlreadyExists' : 'Conflict';
  if (status === 410) return 'Gone';
  if (status === 422 || status === 400) return 'Invalid';
  if (status === 401 || status === 403) return 'Forbidden';
  if (status === 429) return 'TooManyRequests';
  return status >= 500 ? 'Unavailable' : 'Refused';
}
