import { Metadata } from '@grpc/grpc-js';
import { grpcStatus } from '@kubeplant/kit';
import type { model } from '@kubeplant/proto';
import type { OwnedSites } from '../owner/create-sites.ts';
import type { Store } from '../store/create-store.ts';
import type { StoreLog } from '../store/store-log.ts';
import { takeInOrder } from '../ingest/take-in-order.ts';
import { holdsLease, takeLease } from './lease.ts';
import { endOperatorCall, type OperatorCall, sendTo } from './operator-stream.ts';
import { createPendingEdits, type PendingEdits } from './pending-edits.ts';
import { createHealthSender, type HealthSender } from './send-health.ts';

interface Deps {
  readonly store: Store;
  readonly sites: OwnedSites;
  readonly log: StoreLog;
}

/** An operator that has said Hello. */
interface Operator {
  readonly hello: model.OperatorHello;
  readonly health: HealthSender;
  readonly edits: PendingEdits;
  readonly send: PendingEdits['send'];
  /** Sites named since Hello. */
  readonly named: Set<string>;
}

/** One operator's call, from Hello until it ends; messages are taken in order. */
export async function serveOperator(deps: Deps, call: OperatorCall): Promise<void> {
  let operator: Operator | undefined;
  try {
    await takeInOrder(call, async ({ message }) => {
      if (operator !== undefined) await take(deps, call, operator, message);
      else if (message?.$case === 'hello') operator = await greet(deps, call, message.value);
      else
        endOperatorCall(call, grpcStatus.INVALID_ARGUMENT, `the first message is ${message?.$case ?? 'empty'}; it must be OperatorHello`);
    });
    if (!call.writableEnded) call.end();
  } catch (error) {
    if (!call.cancelled && !call.destroyed) deps.log.warn({ err: error }, "the operator's message could not be taken; it will send again");
    endOperatorCall(call, grpcStatus.UNAVAILABLE, 'the database is away; send again');
  } finally {
    if (operator !== undefined) leave(deps, operator);
  }
}

async function greet(deps: Deps, call: OperatorCall, hello: model.OperatorHello): Promise<Operator> {
  const leads = await takeLease(deps.store, hello);
  call.sendMetadata(new Metadata()); // tells the operator that it is connected
  const prefix = `${hello.cluster}/`;
  const health = createHealthSender(
    deps.sites,
    (tenant) => tenant.startsWith(prefix),
    (value) => sendTo(call, { $case: 'health', value }),
  );
  const edits = createPendingEdits((value) => sendTo(call, { $case: 'edit', value }));
  const operator = { hello, health, edits, send: edits.send, named: new Set<string>() };
  if (leads) deps.sites.setEditor(operator.send);
  deps.log.info({ cluster: hello.cluster, host: hello.host, leaseTransitions: hello.leaseTransitions, leads }, 'an operator is connected');
  return operator;
}

async function take(deps: Deps, call: OperatorCall, operator: Operator, message: model.OperatorMessage['message']): Promise<void> {
  if (message?.$case === 'editResult') return operator.edits.answer(message.value);
  if (message?.$case === 'model') return takeModel(deps, call, operator, message.value);
  if (!(await holdsLease(deps.store, operator.hello))) return;
  if (message?.$case === 'removed') await deps.sites.removeSite(`${operator.hello.cluster}/${message.value.namespace}`, message.value.site);
  else if (message?.$case === 'synced') await removeUnnamed(deps, operator);
}

async function takeModel(
  deps: Deps,
  call: OperatorCall,
  operator: Operator,
  { namespace, site, revision, body }: model.SiteModel,
): Promise<void> {
  const { cluster, leaseTransitions } = operator.hello;
  const refuse = (code: string, text: string): void =>
    sendTo(call, { $case: 'refused', value: { namespace, site, revision, code, message: text } });
  if (!(await holdsLease(deps.store, operator.hello))) {
    refuse('LowerLease', `lease transition ${leaseTransitions} of cluster ${cluster} is over: a newer leader has been here`);
    return;
  }
  const tenant = `${cluster}/${namespace}`;
  operator.named.add(`${tenant} ${site}`);
  const result = await deps.sites.applyModel({ tenant, site, revision, body });
  if (result.kind === 'malformed') {
    refuse('Malformed', result.message);
    return;
  }
  sendTo(call, { $case: 'accepted', value: { namespace, site, revision } });
  operator.health.full(tenant, site);
}

/** All sites of the cluster have been named since Hello: the others are gone. */
async function removeUnnamed({ sites }: Deps, { hello, named }: Operator): Promise<void> {
  for (const { tenant, site, cluster } of sites.models()) {
    if (cluster === hello.cluster && !named.has(`${tenant} ${site}`)) await sites.removeSite(tenant, site);
  }
}

function leave(deps: Deps, operator: Operator): void {
  operator.health.stop();
  operator.edits.abandon();
  deps.sites.clearEditor(operator.send);
  deps.log.info({ cluster: operator.hello.cluster }, 'an operator has gone');
}
