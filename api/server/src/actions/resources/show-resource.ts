import { KIND_OF_PLURAL, type Resource as Answer } from '@kubeplant/api-client';
import { Resource, ResourceKey } from '@kubeplant/api-client/schemas';
import type { DeclaredResource, SiteModel } from '@kubeplant/crds/model';
import { toTenant } from '../../auth/identity.ts';
import { type ActionContext, defineAction } from '../action.ts';
import { notFound } from '../action-error.ts';
import { toDeviceRow } from '../plant/device-row.ts';

export const showResource = defineAction({
  name: 'resources.show',
  summary: 'Show a resource as declared, with its status',
  permission: 'read',
  input: ResourceKey,
  output: Resource,
  run: async (ctx, { namespace, plural, name }) => {
    const kind = KIND_OF_PLURAL[plural];
    const found = ctx.plant.resource(ctx.scope, toTenant(ctx.cluster, namespace), kind, name);
    if (found === undefined) throw notFound(`${kind} ${namespace}/${name}`);
    const { model, resource } = found;
    return { ...resource, metadata: { ...resource.metadata }, status: resource.status ?? statusOf(ctx, model, resource) } satisfies Answer;
  },
});

/** Status for a host that keeps none: what Kubernetes would show of it. */
function statusOf(ctx: ActionContext, model: SiteModel, resource: DeclaredResource): object {
  const findings = model.findings.filter((one) => one.resource.kind === resource.kind && one.resource.name === resource.metadata.name);
  const wrong = findings.find((finding) => finding.severity === 'Error');
  const ready = wrong === undefined ? condition('Ready', true, 'Applied', '') : condition('Ready', false, wrong.reason, wrong.message);
  const device = resource.kind === 'Device' ? ctx.plant.device(ctx.scope, model.tenant, resource.metadata.name) : undefined;
  if (device === undefined) return { conditions: [ready] };
  const row = toDeviceRow(ctx.sites, device);
  const applied =
    row.ready || wrong !== undefined ? ready : condition('Ready', false, 'NotApplied', 'The collector does not run this revision yet.');
  const field = row.connected === null ? [] : [condition('Connected', row.connected, row.reason, row.message)];
  const data = row.dataFlowing === null ? [] : [condition('DataFlowing', row.dataFlowing, row.reason, row.message)];
  return {
    ...(row.shard === undefined ? {} : { collector: row.shard }),
    tags: row.tags,
    badTags: row.badTags,
    rejectedTags: row.rejected.slice(0, 20).map(({ tag, reason }) => ({ name: tag, reason })),
    conditions: [applied, ...field, ...data],
  };
}

const condition = (type: string, holds: boolean, reason: string, message: string) => ({
  type,
  status: holds ? 'True' : 'False',
  reason,
  message,
});
