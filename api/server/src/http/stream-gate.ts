import { PassThrough } from 'node:stream';
import type { Logger } from '@kubeplant/kit';
import type { FastifyReply } from 'fastify';
import type { StreamedOutput } from '../actions/action.ts';
import { unavailable } from '../actions/action-error.ts';

/** A stream holds a database connection: no more than this many at once. */
const maxStreams = 4;
/** A reader that takes nothing this long is given up. */
const stallMs = 60_000;

/** Sends streams, a few at a time. */
export interface StreamGate {
  send(reply: FastifyReply, output: StreamedOutput): FastifyReply;
}

/** Gate: chunks go out as fast as they are taken; when the reader is gone or stalls, the source is closed. */
export function createStreamGate(log: Logger): StreamGate {
  let running = 0;
  return {
    send(reply, output) {
      if (running >= maxStreams) throw unavailable(`${maxStreams} exports are running; try again when one of them has ended.`);
      running += 1;
      const body = new PassThrough({ highWaterMark: 64 * 1024 });
      void output
        .write((chunk) => writeChunk(body, chunk))
        .then(() => body.end())
        .catch((error: unknown) => {
          if (!body.destroyed) log.error({ err: error }, 'an export failed half-way');
          body.destroy(error instanceof Error ? error : new Error(String(error)));
        })
        .finally(() => {
          running -= 1;
        });
      return reply.type(output.contentType).header('content-disposition', `attachment; filename="${output.fileName}"`).send(body);
    },
  };
}

/** Resolves when there is room for more; rejects when nobody reads any more. */
function writeChunk(body: PassThrough, chunk: string): Promise<void> {
  if (body.destroyed) return Promise.reject(new Error('the reader is gone'));
  if (body.write(chunk)) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const finish = (error?: Error): void => {
      clearTimeout(timer);
      body.off('drain', finish).off('close', gone);
      if (error === undefined) resolve();
      else reject(error);
    };
    const gone = (): void => finish(new Error('the reader is gone'));
    const timer = setTimeout(() => {
      finish(new Error(`the reader has taken nothing for ${stallMs / 1000} s`));
      body.destroy();
    }, stallMs);
    body.on('drain', finish).on('close', gone);
  });
}
