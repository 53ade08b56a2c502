import { grpcStatus, readBearer, tokenHash } from '@kubeplant/kit';
import type { CollectorMessage, Hello } from '@kubeplant/proto';
import type { CollectorStream } from '../owner/collector-stream.ts';
import type { OwnedSites } from '../owner/create-sites.ts';
import type { StoreLog } from '../store/store-log.ts';
import { isShardToken } from '../owner/check-token.ts';
import { type CollectorCall, createStreamPort, endCall } from './stream-port.ts';
import { takeInOrder } from './take-in-order.ts';

/** How long a caller may take to say who it is. */
const HELLO_MS = 10_000;

interface Deps {
  readonly sites: Pick<OwnedSites, 'model' | 'open'>;
  readonly log: StoreLog;
}

/** One collector's call, from Hello until it ends. Messages are taken one after the other: what waits, waits on the wire. */
export async function serveStream(deps: Deps, call: CollectorCall): Promise<void> {
  const token = readBearer(call.metadata);
  if (token === undefined) return endCall(call, grpcStatus.UNAUTHENTICATED, 'no bearer token in the metadata `authorization`');
  let stream: CollectorStream | undefined;
  let isGreeted = false;
  const helloTimer = setTimeout(() => endCall(call, grpcStatus.DEADLINE_EXCEEDED, `no Hello within ${HELLO_MS} ms`), HELLO_MS);
  call.once('cancelled', () => stream?.closed());
  try {
    await takeInOrder(call, async (message) => {
      clearTimeout(helloTimer);
      if (stream !== undefined) await take(stream, message);
      else if (!isGreeted) stream = open(deps, call, token, message); // what comes after a refusal is not answered
      isGreeted = true;
    });
    if (!call.writableEnded) call.end();
  } catch (error) {
    if (!call.cancelled && !call.destroyed) deps.log.warn({ err: error, peer: call.getPeer() }, 'a collector stream failed');
    endCall(call, grpcStatus.INTERNAL, 'the message could not be taken');
  } finally {
    clearTimeout(helloTimer);
    stream?.closed();
  }
}

async function take(stream: CollectorStream, { message }: CollectorMessage): Promise<void> {
  if (message?.$case === 'block') await stream.block(message.value);
  else if (message?.$case === 'run') await stream.run(message.value);
  else if (message?.$case === 'health') stream.health(message.value);
  else if (message?.$case === 'beat') stream.beat();
}

/** The stream of a collector that may write; undefined when the call has been answered otherwise. */
function open(deps: Deps, call: CollectorCall, token: string, { message }: CollectorMessage): CollectorStream | undefined {
  if (message?.$case !== 'hello') {
    endCall(call, grpcStatus.INVALID_ARGUMENT, `the first message is ${message?.$case ?? 'empty'}; it must be Hello`);
    return undefined;
  }
  const hello = message.value;
  const hash = tokenHash(token);
  if (!isShardToken(deps.sites.model(hello.tenant, hello.site), hello.shard, hash)) return refuse(deps, call, hello);
  const opened = deps.sites.open(hello, createStreamPort(call, hash));
  if (opened.kind === 'stream') return opened.stream;
  const { endpoint, retryAfterMs } = opened;
  call.write({ message: { $case: 'redirect', value: { endpoint, retryAfterMs } } });
  call.end();
  return undefined;
}

function refuse({ log }: Deps, call: CollectorCall, { tenant, site, shard }: Hello): undefined {
  log.warn(
    { tenant, site, shard, peer: call.getPeer() },
    'a collector was refused: the token is not valid for the shard, or its site is not known yet',
  );
  endCall(call, grpcStatus.UNAUTHENTICATED, `the token is not valid for shard ${shard} of ${tenant}/${site}, or the site is not known yet`);
  return undefined;
}
