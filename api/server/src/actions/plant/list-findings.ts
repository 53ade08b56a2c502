import { FindingList, ListFindingsInput } from '@kubeplant/api-client/schemas';
import { defineAction } from '../action.ts';
import { matches, toList } from '../list.ts';

export const listFindings = defineAction({
  name: 'findings.list',
  summary: 'List what is wrong or doubtful in what is declared',
  permission: 'read',
  input: ListFindingsInput,
  output: FindingList,
  run: async (ctx, input) => {
    const { q, namespace, site, severity, kind, name } = input;
    const rows = ctx.plant
      .models(ctx.scope)
      .filter((model) => (namespace ?? model.namespace) === model.namespace && (site ?? model.site) === model.site)
      .flatMap((model) =>
        model.findings.map(({ severity: how, reason, resource, field, message }) => ({
          severity: how,
          reason,
          site: model.site,
          kind: resource.kind,
          namespace: resource.namespace,
          name: resource.name,
          field,
          message,
        })),
      )
      .filter(
        (row) =>
          (severity ?? row.severity) === row.severity &&
          (kind ?? row.kind) === row.kind &&
          (name ?? row.name) === row.name &&
          matches(q, [row.reason, row.name, row.message, row.field]),
      );
    const key = input.sort ?? 'severity';
    return toList(rows, input, [(row) => row[key], (row) => row.kind, (row) => row.name, (row) => row.field]);
  },
});
