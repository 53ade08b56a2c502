import type { Logger } from '@kubeplant/kit';
import { isApiError } from '../api/api-error.ts';
import { apiVersionOf, pathOf } from '../api/kube-object.ts';
import { LEASE } from '../api/resource-types.ts';
import { pause, type Transport } from '../api/transport.ts';
import { microTime } from '../runtime/events.ts';

/** Leadership held by this process, until it is lost or released. */
export interface Leadership {
  /** How often the Lease has changed hands: an api refuses whoever is lower. */
  readonly transitions: number;
  /** Aborted when the Lease is lost. */
  readonly lost: AbortSignal;
  release(): Promise<void>;
}

/** What election needs; times in the order Kubernetes' own components have them. */
export interface ElectionDeps {
  readonly transport: Transport;
  readonly namespace: string;
  readonly name: string;
  readonly identity: string;
  readonly log: Logger;
  readonly now: () => Date;
  readonly leaseMs?: number;
  readonly renewDeadlineMs?: number;
  readonly retryMs?: number;
}

const LEASE_MS = 15_000;
const RENEW_DEADLINE_MS = 10_000;
const RETRY_MS = 2000;

interface Lease {
  readonly metadata: { readonly name: string; readonly namespace: string; readonly resourceVersion?: string };
  readonly spec?: {
    readonly holderIdentity?: string;
    readonly leaseDurationSeconds?: number;
    readonly renewTime?: string;
    readonly acquireTime?: string;
    readonly leaseTransitions?: number;
  };
}

/**
 * Wait for the Lease and keep it. Whether another holder's Lease has run out is judged by when this process last saw it
 * change, not by the time written in it; whether ours has, by the monotonic clock at the begin of the last good renewal.
 */
export async function lead(deps: ElectionDeps, signal: AbortSignal): Promise<Leadership> {
  let seen = { record: '', atMs: performance.now() };
  for (;;) {
    signal.throwIfAborted();
    const startMs = performance.now();
    let pauseMs = (deps.retryMs ?? RETRY_MS) * (0.8 + Math.random() * 0.4);
    try {
      const present = await readLease(deps);
      const record = JSON.stringify(present?.spec ?? {});
      if (record !== seen.record) seen = { record, atMs: performance.now() };
      const leftMs = timeLeftMs(present, seen.atMs, deps.identity);
      if (leftMs <= 0) return keep(deps, await take(deps, present), { startMs, signal });
      // If the holder has died, nobody acts until then: not a moment longer.
      pauseMs = Math.min(pauseMs, leftMs);
    } catch (error) {
      deps.log.warn({ err: error }, 'the Lease cannot be read or taken');
    }
    await pause(pauseMs, signal);
  }
}

/** How long another holder's Lease still holds, as far as this process has seen; 0 when it is free or ours. */
function timeLeftMs(lease: Lease | undefined, seenMs: number, identity: string): number {
  const holder = lease?.spec?.holderIdentity;
  if (holder === undefined || holder === '' || holder === identity) return 0;
  return seenMs + (lease?.spec?.leaseDurationSeconds ?? LEASE_MS / 1000) * 1000 - performance.now();
}

async function readLease({ transport, namespace, name }: ElectionDeps): Promise<Lease | undefined> {
  try {
    return (await transport.request('GET', pathOf(LEASE, { namespace, name }))) as Lease;
  } catch (error) {
    if (isApiError(error, 'NotFound')) return undefined;
    throw error;
  }
}

async function take(deps: ElectionDeps, present: Lease | undefined): Promise<Lease> {
  const now = microTime(deps.now());
  const held = present?.spec?.leaseTransitions ?? 0;
  const same = present?.spec?.holderIdentity === deps.identity;
  const spec = {
    holderIdentity: deps.identity,
    leaseDurationSeconds: Math.ceil((deps.leaseMs ?? LEASE_MS) / 1000),
    acquireTime: same ? (present?.spec?.acquireTime ?? now) : now,
    renewTime: now,
    leaseTransitions: present === undefined ? 1 : same ? held : held + 1,
  };
  return write(
    deps,
    { metadata: present?.metadata ?? { name: deps.name, namespace: deps.namespace }, spec },
    present === undefined ? 'POST' : 'PUT',
  );
}

async function write({ transport, namespace, name }: ElectionDeps, lease: Lease, method: 'POST' | 'PUT'): Promise<Lease> {
  const body = { apiVersion: apiVersionOf(LEASE), kind: 'Lease', ...lease };
  return (await transport.request(method, pathOf(LEASE, method === 'POST' ? { namespace } : { namespace, name }), {
    body,
    signal: AbortSignal.timeout(RENEW_DEADLINE_MS),
  })) as Lease;
}

function keep(
  deps: ElectionDeps,
  taken: Lease,
  { startMs, signal }: { readonly startMs: number; readonly signal: AbortSignal },
): Leadership {
  const lost = new AbortController();
  const stop = new AbortController();
  const deadlineMs = deps.renewDeadlineMs ?? RENEW_DEADLINE_MS;
  let lease = taken;
  let renewedMs = startMs;
  const check = setInterval(() => {
    if (performance.now() - renewedMs > deadlineMs) lost.abort(new Error(`the Lease was not renewed for ${deadlineMs} ms`));
  }, 500);
  const renew = async () => {
    const stopped = AbortSignal.any([stop.signal, lost.signal, signal]);
    while (!stopped.aborted) {
      await pause(deps.retryMs ?? RETRY_MS, stopped).catch(() => {}); // an abort ends the loop
      if (stopped.aborted) return;
      const beginMs = performance.now();
      try {
        const spec = { ...lease.spec, renewTime: microTime(deps.now()) };
        lease = await write(deps, { ...lease, spec }, 'PUT');
        renewedMs = beginMs;
      } catch (error) {
        if (isApiError(error, 'Conflict')) lease = await confirmHolder(deps, lease, lost);
        else deps.log.warn({ err: error }, 'the Lease cannot be renewed');
      }
    }
  };
  const renewing = renew();
  return {
    transitions: taken.spec?.leaseTransitions ?? 0,
    lost: lost.signal,
    release: async () => {
      stop.abort();
      clearInterval(check);
      await renewing;
      if (lost.signal.aborted) return;
      const spec = { ...lease.spec, holderIdentity: '', leaseDurationSeconds: 1, renewTime: microTime(deps.now()) };
      await write(deps, { ...lease, spec }, 'PUT').catch((error: unknown) => deps.log.warn({ err: error }, 'the Lease cannot be released'));
    },
  };
}

/** Somebody wrote the Lease: go on with it as it is now if it is still ours, else it is lost. */
async function confirmHolder(deps: ElectionDeps, lease: Lease, lost: AbortController): Promise<Lease> {
  const present = await readLease(deps).catch(() => lease);
  if (present?.spec?.holderIdentity === deps.identity) return present;
  lost.abort(new Error(`the Lease was taken by ${present?.spec?.holderIdentity ?? 'nobody'}`));
  return lease;
}
