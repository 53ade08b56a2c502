import { type EditedResource as Answer, KIND_OF_PLURAL, type Plural, type Resource } from '@kubeplant/api-client';
import { covers, toTenant } from '../../auth/identity.ts';
import type { ResourceEdit, ResourceEditResult, Scope } from '../../ports.ts';
import { type ActionContext, identityOf } from '../action.ts';
import { ActionError, forbidden, notFound } from '../action-error.ts';

/** An edit as it came in. */
export interface EditRequest {
  readonly method: ResourceEdit['method'];
  readonly namespace: string;
  readonly plural: Plural;
  readonly name: string;
  readonly ifMatch?: string | undefined;
  readonly dryRun?: boolean | undefined;
  readonly resource?: Resource;
}

/** Hand an edit to the operator, which alone changes what is declared. A new resource belongs to the site it names. */
export async function editResource(ctx: ActionContext, request: EditRequest): Promise<Answer> {
  const kind = KIND_OF_PLURAL[request.plural];
  const sites = affectedSites(ctx, request, kind);
  const tenant = toTenant(ctx.cluster, request.namespace);
  for (const site of sites) {
    if (!covers(ctx.scope, tenant, site))
      throw forbidden(
        `You may not edit ${kind} ${request.namespace}/${request.name}: that needs the role engineer in ${site === '*' ? 'the namespace' : 'its site'}.`,
      );
  }
  const { method, namespace, name, ifMatch, dryRun = false, resource } = request;
  const result = await ctx.sites.edit({
    ...{ method, kind, namespace, name, dryRun },
    user: identityOf(ctx).username,
    ...(ifMatch === undefined ? {} : { resourceVersion: ifMatch.replace(/^(?:W\/)?"(.*)"$/, '$1') }),
    ...(resource === undefined ? {} : { object: resource }),
  });
  if (result.status < 200 || result.status > 299) throw toRefusal(result);
  return { message: result.message, dryRun, ...(result.object === undefined ? {} : { object: result.object as Resource }) }; // The operator sends resources.
}

const everywhere: Scope = { grants: [{ tenant: '*', site: '*' }] };

/** The site it is in, and the site the new object names; profiles belong to the whole namespace. */
function affectedSites(ctx: ActionContext, { namespace, name, method, resource }: EditRequest, kind: string): string[] {
  const tenant = toTenant(ctx.cluster, namespace);
  const isSeen = ctx.plant.resource(ctx.scopeOf('read'), tenant, kind, name) !== undefined;
  if (!isSeen && method === 'DELETE') throw notFound(`${kind} ${namespace}/${name}`);
  const present = ctx.plant.resource(everywhere, tenant, kind, name); // what one does not see may not be taken over either
  if (kind === 'DeviceProfile') return ['*'];
  const named = kind === 'Site' ? name : siteRefOf(resource);
  const sites = new Set([present?.model.site, named].filter((site) => site !== undefined));
  return sites.size === 0 ? ['*'] : [...sites];
}

function siteRefOf(resource: Resource | undefined): string | undefined {
  const spec = resource?.spec as { siteRef?: { name?: unknown } } | null | undefined; // Unchecked: the operator judges the object.
  return typeof spec?.siteRef?.name === 'string' ? spec.siteRef.name : undefined;
}

function toRefusal({ status, code, message, errors, yaml, object }: ResourceEditResult): ActionError {
  return new ActionError({
    status,
    code,
    detail: message,
    ...(errors === undefined ? {} : { errors }),
    extra: { ...(yaml === undefined ? {} : { yaml }), ...(object === undefined ? {} : { present: object }) },
  });
}
