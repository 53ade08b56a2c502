import type { Alarm, JournalEntry } from '@kubeplant/api-client';
import type { EffectiveTag, SiteModel } from '@kubeplant/crds/model';
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
    ...shownValueOf(model, state),
    ...declaredOf(model, state),
  };
}

/** A row of the journal as answers and the live connection show it. */
export function toJournalEntry(
  { tenant, site, transition }: { readonly tenant: string; readonly site: string; readonly transition: AlarmTransition },
  model: SiteModel | undefined,
): JournalEntry {
  const { id, alarm, kind, state, priority, rule, device, tag, limit, occurrence, message, simulated, late, user, comment } = transition;
  return {
    ...{ id, alarm, kind, state, priority, rule, device, tag, limit, occurrence, message, simulated, late },
    time: formatTime(transition.timeUs),
    namespace: toNamespace(tenant),
    site,
    ...shownValueOf(model, transition),
    ...(user === undefined ? {} : { user }),
    ...(comment === undefined ? {} : { comment }),
  };
}

type Source = Pick<AlarmState, 'device' | 'tag' | 'value'>;

/** The value, and its name where the tag declares names. */
function shownValueOf(model: SiteModel | undefined, source: Source): Pick<Alarm, 'value' | 'valueText'> {
  const { value } = source;
  if (value === undefined || !Number.isFinite(value)) return {};
  const { states, dataType } = tagOf(model, source) ?? {};
  const valueText = states?.[String(value)] ?? (dataType === 'Boolean' ? (value === 0 ? 'False' : 'True') : undefined);
  return valueText === undefined ? { value } : { value, valueText };
}

const tagOf = (model: SiteModel | undefined, { device, tag }: Source): EffectiveTag | undefined =>
  model?.devices.find((one) => one.name === device)?.tags.find((one) => one.name === tag);

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
  const unit = tagOf(model, state)?.unit;
  return {
    ...(unit === undefined ? {} : { unit }),
    ...(rule?.consequence === undefined ? {} : { consequence: rule.consequence }),
    ...(rule?.correctiveAction === undefined ? {} : { correctiveAction: rule.correctiveAction }),
    ...(rule?.responseTime === undefined ? {} : { responseTime: rule.responseTime }),
    ...(rule?.rationale === undefined ? {} : { rationale: rule.rationale }),
  };
}
