import { clientCredentials, createBackoff, grpcOptions, Metadata, processTracer, traceCall } from '@kubeplant/kit';
import { model } from '@kubeplant/proto';
import { answerEdit } from './answer-edit.ts';
import { createDesiredModels } from './desired-models.ts';
import type { ModelLink, ModelLinkOptions, ModelLinkState } from './types.ts';

type Stream = ReturnType<model.ModelClient['connect']>;

/**
 * Keep one api endpoint at the desired set of site models: dials, says Hello, sends every model and Synced, then
 * only what changes; after a broken stream it waits and sends everything again. The api owes nothing between streams.
 */
export function createModelLink(options: ModelLinkOptions): ModelLink {
  const desired = createDesiredModels();
  const backoff = createBackoff(options.backoff ?? { minMs: 100, maxMs: 10_000 });
  let connection: ModelLinkState['connection'] = 'Connecting';
  let lastError: string | undefined;
  let open: { readonly client: model.ModelClient; readonly stream: Stream; blocked: boolean } | undefined;
  let retry: NodeJS.Timeout | undefined;

  const flush = (): void => {
    while (open !== undefined && !open.blocked) {
      const message = desired.next();
      if (message === undefined) return;
      open.blocked = !open.stream.write(message);
    }
  };

  const connect = (): void => {
    const client = new model.ModelClient(
      options.endpoint,
      clientCredentials(typeof options.tls === 'function' ? options.tls() : options.tls),
      grpcOptions,
    );
    const metadata = new Metadata();
    const endSpan = traceCall(processTracer(), 'kubeplant.v1alpha1.Model/Connect', metadata);
    const stream = client.connect(metadata);
    const mine = { client, stream, blocked: false };
    open = mine;
    desired.restart();
    stream.on('metadata', () => {
      connection = 'Connected';
      lastError = undefined;
      backoff.reset();
      options.log.info({ endpoint: options.endpoint }, 'connected to the api');
    });
    stream.on('data', (message: model.ApiMessage) => {
      if (open === mine) handleMessage(message, stream);
    });
    stream.on('drain', () => {
      mine.blocked = false;
      flush();
    });
    stream.on('error', (error) => {
      endSpan(error.message);
      handleEnd(mine, error.message);
    });
    stream.on('end', () => {
      endSpan();
      handleEnd(mine, 'the api closed the stream');
    });
    stream.write({ message: { $case: 'hello', value: options.hello } });
    flush();
  };

  const handleMessage = ({ message }: model.ApiMessage, stream: Stream): void => {
    if (message?.$case === 'accepted') {
      desired.accept(message.value);
      options.onAccepted?.(message.value);
    } else if (message?.$case === 'refused') {
      desired.refuse(message.value);
      options.log.warn(message.value, 'the api refused a site model');
      options.onRefused?.(message.value);
    } else if (message?.$case === 'health') {
      options.onHealth?.(message.value);
    } else if (message?.$case === 'edit') {
      void answerEdit(options, message.value).then((value) => {
        if (open?.stream === stream) stream.write({ message: { $case: 'editResult', value } });
      });
    }
  };

  const handleEnd = (ended: { readonly client: model.ModelClient }, why: string): void => {
    if (open !== ended) return;
    open = undefined;
    ended.client.close();
    if (connection === 'Closed') return;
    if (connection === 'Connected' || lastError !== why) options.log.warn({ endpoint: options.endpoint, why }, 'not connected to the api');
    connection = 'Connecting';
    lastError = why;
    retry = setTimeout(connect, backoff.next());
  };

  connect();
  return {
    publish: (site) => {
      if (desired.want(site)) flush();
    },
    remove: (namespace, site) => {
      if (desired.drop(namespace, site)) flush();
    },
    synced: () => {
      desired.markSynced();
      flush();
    },
    state: () => ({ connection, ...(lastError !== undefined && { lastError }), sites: desired.states() }),
    close: async () => {
      connection = 'Closed';
      clearTimeout(retry);
      const closing = open;
      open = undefined;
      if (closing !== undefined) await endStream(closing);
    },
  };
}

/** Half-close, and cut what does not end within a second. */
function endStream({ client, stream }: { readonly client: model.ModelClient; readonly stream: Stream }): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => stream.cancel(), 1000);
    const done = (): void => {
      clearTimeout(cut);
      client.close();
      resolve();
    };
    stream.on('error', done);
    stream.on('end', done);
    stream.resume();
    stream.end();
  });
}
