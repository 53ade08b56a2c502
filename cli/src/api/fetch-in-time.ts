import { CommandError } from '../command-error.ts';

const ANSWER_WITHIN_MS = 10_000;
const WHOLE_WITHIN_MS = 60_000;

/** `fetch` that gives up: on an api that does not begin to answer in `answerWithinMs`, and on an answer that never ends. */
export function createFetchInTime(answerWithinMs = ANSWER_WITHIN_MS, wholeWithinMs = WHOLE_WITHIN_MS): typeof fetch {
  return async (input, init) => {
    const late = new AbortController();
    const giveUpAfter = (ms: number): NodeJS.Timeout =>
      setTimeout(
        () =>
          late.abort(
            new CommandError(
              `${addressOf(input)} gave no answer within ${ms / 1000} s: the api hangs or is overloaded, look at its log and start it again`,
            ),
          ),
        ms,
      ).unref();
    const timer = giveUpAfter(answerWithinMs);
    try {
      const signal = init?.signal ? AbortSignal.any([init.signal, late.signal]) : late.signal;
      const answer = await fetch(input, { ...init, signal });
      giveUpAfter(wholeWithinMs);
      return answer;
    } finally {
      clearTimeout(timer);
    }
  };
}

const addressOf = (input: Parameters<typeof fetch>[0]): string => new URL(input instanceof Request ? input.url : input).origin;
