import type { Device, Overview as Answer } from '@kubeplant/api-client';
import { Overview, OverviewInput } from '@kubeplant/api-client/schemas';
import type { SiteModel } from '@kubeplant/crds/model';
import { PRIORITIES } from '@kubeplant/words';
import { countAlarms } from '../alarms/alarm-rows.ts';
import { type ActionContext, defineAction } from '../action.ts';
import { formatTime } from '../time.ts';
import { isNotFlowing, toDeviceRow } from './device-row.ts';
import { countDevices } from './list-sites.ts';

export const showOverview = defineAction({
  name: 'overview.show',
  summary: 'Show the plant at a glance',
  permission: 'read',
  input: OverviewInput,
  output: Overview,
  run: async (ctx, { namespace, site }) => {
    const models = ctx.plant
      .models(ctx.scope)
      .filter((model) => (namespace ?? model.namespace) === model.namespace && (site ?? model.site) === model.site);
    const rows = models.flatMap((model) => model.devices.map((device) => toDeviceRow(ctx.sites, { model, device })));
    const alarms = await alarmFigures(ctx, models);
    const recording = models.filter((model) => ctx.sites.recording(model.tenant, model.site)).length;
    const findings = models.flatMap((model) => model.findings);
    const figures = {
      time: formatTime(ctx.now() * 1000),
      simulated: models.some((model) => model.simulations.length > 0),
      sites: { total: models.length, recording },
      devices: countDevices(rows),
      notFlowing: rows.filter(isNotFlowing).slice(0, 20),
      tags: rows.reduce((sum, row) => sum + row.tags, 0),
      valuesPerSecond: models.reduce((sum, model) => sum + ctx.sites.rate(model.tenant, model.site), 0),
      alarms,
      findings: {
        errors: findings.filter((finding) => finding.severity === 'Error').length,
        warnings: findings.filter((finding) => finding.severity === 'Warning').length,
      },
    };
    return { ...figures, state: stateOf(figures, rows) };
  },
});

/** Every priority that is announced, the most urgent first. */
async function alarmFigures(ctx: ActionContext, models: readonly SiteModel[]): Promise<Answer['alarms']> {
  const counts = await ctx.inScope((client) => countAlarms(client, models));
  return PRIORITIES.toReversed().map((priority) => counts.get(priority) ?? { priority, active: 0, unacknowledged: 0, total: 0 });
}

function stateOf(figures: Omit<Answer, 'state'>, rows: readonly Device[]): Answer['state'] {
  const announced = figures.alarms.filter((count) => count.priority !== 'Journal');
  if (figures.sites.total === 0) return 'Empty';
  if (figures.sites.recording < figures.sites.total) return 'NotRecording';
  if (announced.some((count) => count.unacknowledged > 0)) return 'Alarm';
  const attention = announced.some((count) => count.total > 0) || figures.findings.errors > 0 || rows.some((row) => row.badTags > 0);
  return attention || figures.notFlowing.length > 0 ? 'Attention' : 'Normal';
}
