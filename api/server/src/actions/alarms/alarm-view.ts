import type { Alarm, JournalEntry } from '@kubeplant/api-client';
import type { SiteModel } from '@kubeplant/crds/model';
import { type AlarmState, type AlarmTransition, shownState } from '@kubeplant/engine';
import { SEVERITY } from '@kubeplant/words';
import { toNamespace } from '../../auth/identity.ts';
import { formatTime } from '../time.ts';
import type { PlacedAlarm } from './alarm-rows.ts';

/** An alarm as answers and the live connection show it; guidance and unit come from the model. */
export function toAlarm({ tenant, site, state }: PlacedAlarm, model: SiteModel | undefined): Alarm {
  const { id, occurrence, version, priority, rule, device, tag, limit, message, active, acknowledged, suppressed, simulated } = state;
  return {
    ...{ id, occurrence, version, priority, rule, device, tag, limit, message, active, acknowledged, suppressed, simulated },
    state: shownState(state),
    severity: SEVERITY[priority],
    namespace: toNamespace(tenant),
    site,
    ...timesOf(state),
    ...(state.acknowledgedBy === undefined ? {} : { acknowledgedBy: state.acknowledgedBy }),
    ...(state.comment === undefined ? {} : { comment: state.comment }),
    ...(state.value === undefined || !Number.isFinite(state.value) ? {} : { value: state.value }),
    ...declaredOf(model, state),
  };
}

/** A row of the journal as answers and the live connection show it. */
export function toJournalEntry(tenant: string, site: string, transition: AlarmTransition): JournalEntry {
  const { id, alarm, kind, state, priority, rule, device, tag, limit, occurrence, message, simulated, value, user, comment } = transition;
  return {
    ...{ id, alarm, kind, state, priority, rule, device, tag, limit, occurrence, message, simulated },
    time: formatTime(transition.timeUs),
    namespace: toNamespace(tenant),
    site,
    ...(value === undefined || !Number.isFinite(value) ? {} : { value }),
    ...(user === undefined ? {} : { user }),
    ...(comment === undefined ? {} : { comment }),
  };
}

function timesOf({
  activeTimeUs,
  clearedTimeUs,
  acknowledgedTimeUs,
}: AlarmState): Pick<Alarm, 'activeTime' | 'clearedTime' | 'acknowledgedTime'> {
  return {
    ...(activeTimeUs === undefined ? {} : { activeTime: formatTime(activeTimeUs) }),
    ...(clearedTimeUs === undefined ? {} : { clearedTime: formatTime(clearedTimeUs) }),
    ...(acknowledgedTimeUs === undefined ? {} : { acknowledgedTime: formatTime(acknowledgedTimeUs) }),
  };
}

function declaredOf(
  model: SiteModel | undefined,
  state: AlarmState,
): Partial<Pick<Alarm, 'unit' | 'consequence' | 'correctiveAction' | 'responseTime' | 'rationale'>> {
  const rule = model?.rules.find((one) => one.uid === state.ruleUid);
  const unit = model?.devices.find((one) => one.name === state.device)?.tags.find((one) => one.name === state.tag)?.unit;
  return {
    ...(unit === undefined ? {} : { unit }),
    ...(rule?.consequence === undefined ? {} : { consequence: rule.consequence }),
    ...(rule?.correctiveAction === undefined ? {} : { correctiveAction: rule.correctiveAction }),
    ...(rule?.responseTime === undefined ? {} : { responseTime: rule.responseTime }),
    ...(rule?.rationale === undefined ? {} : { rationale: rule.rationale }),
  };
}
