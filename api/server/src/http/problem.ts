import { STATUS_CODES } from 'node:http';
import type { Logger } from '@kubeplant/kit';
import { ActionError } from '../actions/action-error.ts';
import { Unavailable } from '../ports.ts';

/** An RFC 9457 problem and the headers that go with it. */
export interface ProblemAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Record<string, unknown>;
}

/** The problem of an error. What nobody expected is logged here, once, and says nothing of itself. */
export function toProblem(log: Logger, error: unknown, request: { readonly id: string; readonly url: string }): ProblemAnswer {
  if (error instanceof ActionError) {
    return problem(
      request,
      error.status,
      error.code,
      error.message,
      { ...(error.errors === undefined ? {} : { errors: error.errors }), ...error.extra },
      error.headers,
    );
  }
  if (error instanceof Unavailable) return problem(request, 503, 'unavailable', error.message, {}, retry);
  if (isDatabaseAway(error)) {
    log.warn({ err: error, request: request.id }, 'the database does not answer a request');
    return problem(request, 503, 'database-unavailable', 'The database does not answer; try again in a moment.', {}, retry);
  }
  const status = statusOf(error);
  if (status < 500) return problem(request, status, codeOf(error, status), (error as Error).message);
  log.error({ err: error, request: request.id }, 'a request failed');
  return problem(request, 500, 'internal', `Something went wrong here; the log of the api has it under request ${request.id}.`);
}

const retry = { 'retry-after': '2' };

function problem(
  request: { readonly id: string; readonly url: string },
  status: number,
  code: string,
  detail: string,
  extra: object = {},
  headers: Readonly<Record<string, string>> = {},
): ProblemAnswer {
  const [instance] = request.url.split('?');
  return {
    status,
    headers,
    body: { type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status, code, detail, instance, ...extra },
  };
}

/** Codes of the HTTP server that users meet. */
const codes: Readonly<Record<string, string>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'too-large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported-media-type',
  FST_ERR_CTP_INVALID_JSON_BODY: 'invalid-json',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'invalid-json',
  FST_ERR_BAD_URL: 'invalid-address',
};

const codeOf = (error: unknown, status: number): string => codes[(error as { code?: string }).code ?? ''] ?? `http-${status}`;

function statusOf(error: unknown): number {
  const status = (error as { statusCode?: unknown } | null)?.statusCode;
  return typeof status === 'number' && status >= 400 && status <= 599 ? status : 500;
}

/** No connection, a lost one, one that may not be had, or a server that stops or starts (SQLSTATE classes 08, 53, 57P). */
function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, syscall } = error as { code?: unknown; syscall?: unknown };
  if (code === 'ENOENT') return syscall === 'connect'; // of a socket in a file; else it is just a file that is missing
  if (typeof code === 'string' && /^(08...|53...|57P..|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT)$/.test(code)) return true;
  return /^(timeout exceeded when trying to connect|Connection terminated|Client has encountered a connection error|Query read timeout)/.test(
    error.message,
  );
}
