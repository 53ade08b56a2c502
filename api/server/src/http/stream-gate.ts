import { PassThrough } from 'node:stream';
import type { Logger } from '@kubeplant/kit';
import type { FastifyReply } from 'fastify';
import type { StreamedOutput } from '../actions/action.ts';
import { unavailable } from '../actions/action-error.ts';
import type { HttpLimits } from './limits.ts';

/** Sends streams, a few at a time: each holds a database connection. */
export interface StreamGate {
  send(reply: FastifyReply, output: StreamedOutput): FastifyReply;
}

interface Running {
  readonly user: string;
  readonly body: PassThrough;
  /** Since when its reader has taken nothing; undefined while it takes. */
  stalledSinceMs: number | undefined;
}

/** Gate: nobody has more than a share, and a reader that has stopped taking holds no place that another waits for. */
export function createStreamGate(deps: { readonly log: Logger; readonly now: () => number; readonly limits: HttpLimits }): StreamGate {
  const { log, now, limits } = deps;
  const running = new Set<Running>();
  const end = (stream: Running, why: string): void => {
    running.delete(stream);
    log.info({ user: stream.user }, `an export was ended: ${why}`);
    stream.body.destroy(new Error(why));
  };
  /** Throws when neither a place is free nor one can be had of a reader that has stopped. */
  const assertPlace = (among: readonly Running[], most: number, who: string): void => {
    if (among.length < most) return;
    const stalled = among.filter(({ stalledSinceMs }) => stalledSinceMs !== undefined && now() - stalledSinceMs >= limits.giveWayMs);
    const [first] = stalled.toSorted((a, b) => (a.stalledSinceMs ?? 0) - (b.stalledSinceMs ?? 0));
    if (first === undefined) throw unavailable(`${most} ${who} are running; try again when one of them has ended.`);
    end(first, 'its reader had stopped taking, and another export waited for the place');
  };
  return {
    send(reply, output) {
      const { user } = output;
      const own = [...running].filter((one) => one.user === user);
      assertPlace(own, limits.exportsPerUser, 'exports of yours');
      assertPlace([...running], limits.exports, 'exports');
      const stream: Running = { user, body: new PassThrough({ highWaterMark: 64 * 1024 }), stalledSinceMs: undefined };
      const { body } = stream;
      running.add(stream);
      const take = async (chunk: string | Uint8Array): Promise<void> => {
        if (body.destroyed) throw new Error('the reader is gone');
        if (body.write(chunk)) return;
        stream.stalledSinceMs = now();
        await drained(body, limits.stallMs, () => end(stream, `its reader took nothing for ${limits.stallMs / 1000} s`));
        stream.stalledSinceMs = undefined;
      };
      void output
        .write(take)
        .then(() => body.end())
        .catch((error: unknown) => {
          if (body.destroyed) return;
          log.error({ err: error }, 'an export failed half-way');
          body.destroy(error instanceof Error ? error : new Error(String(error)));
        })
        .finally(() => running.delete(stream));
      const { status = 200, headers = {}, contentType, fileName } = output;
      if (headers['content-length'] !== undefined) reply.request.headers['x-no-compression'] = 'its size is known'; // the compressor’s switch for one answer
      reply.status(status).type(contentType).headers(headers).header('content-disposition', `attachment; filename="${fileName}"`);
      return reply.send(body);
    },
  };
}

/** Resolves when there is room for more; rejects when the stream is closed before. */
function drained(body: PassThrough, stallMs: number, onStall: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(onStall, stallMs);
    const finish = (settle: () => void) => (): void => {
      clearTimeout(timer);
      body.off('drain', onDrain).off('close', onClose);
      settle();
    };
    const onDrain = finish(resolve);
    const onClose = finish(() => reject(new Error('the reader is gone')));
    body.on('drain', onDrain).on('close', onClose);
  });
}
