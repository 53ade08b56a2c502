import type { Problem } from './schemas/common.ts';

/** The api said no, or could not be reached (`status` 0, `code` `unreachable`). `code` is stable. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly code: string;
  readonly problem: Problem;

  constructor(problem: Problem, cause?: unknown) {
    super(problem.detail ?? problem.title, { cause });
    this.status = problem.status;
    this.code = problem.code;
    this.problem = problem;
  }
}

/** Error of an answer that is not 2xx. */
export async function toApiError(response: Response): Promise<ApiError> {
  const text = await response.text().catch(() => '');
  if (response.headers.get('content-type')?.startsWith('application/problem+json') === true) {
    try {
      return new ApiError(JSON.parse(text) as Problem); // The content type is the api's promise of this shape.
    } catch {
      // Not JSON after all: told below as it came.
    }
  }
  const title = response.statusText === '' ? `HTTP ${response.status}` : response.statusText;
  return new ApiError({
    type: 'about:blank',
    title,
    status: response.status,
    code: `http-${response.status}`,
    detail: text.slice(0, 200) || title,
  });
}

/** Error of a request that got no answer. */
export function toUnreachable(url: string, cause: unknown): ApiError {
  const detail = `The api at ${url} does not answer. Is the plant running?`;
  return new ApiError({ type: 'about:blank', title: 'No answer', status: 0, code: 'unreachable', detail }, cause);
}
