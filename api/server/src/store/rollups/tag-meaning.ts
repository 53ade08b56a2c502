import type { ScopedClient, TagId } from '../../ports.ts';
import { microsSql } from '../micros.ts';
import type { CounterRules, Meaning } from './summary.ts';

type Row = [
  tagId: TagId,
  sinceUs: number,
  kind: string,
  dataType: string,
  unit: string | null,
  labels: Record<string, string> | null,
  interpolation: 'Linear' | 'Step' | null,
  counter: CounterRules | null,
];

const READ = `
SELECT r.tag_id, ${microsSql('r.since')}, r.kind, r.data_type, r.unit, r.states, r.interpolation, r.counter
FROM tag_revision r WHERE r.tag_id = ANY($1) ORDER BY r.tag_id, r.since`;

/** Revisions of tags in order of time; the first holds for what is older too. */
export async function readMeanings(client: ScopedClient, tagIds: readonly TagId[]): Promise<ReadonlyMap<TagId, readonly Meaning[]>> {
  const { rows } = await client.query<Row>({ text: READ, values: [tagIds], rowMode: 'array' });
  const found = new Map<TagId, Meaning[]>();
  for (const row of rows) {
    const list = found.get(row[0]);
    const meaning = toMeaning(row);
    if (list === undefined) found.set(row[0], [meaning]);
    else list.push(meaning);
  }
  return found;
}

function toMeaning([, sinceUs, kind, dataType, unit, labels, interpolation, counter]: Row): Meaning {
  const isState = kind === 'State' || dataType === 'Boolean';
  return {
    ...{ sinceUs, kind, dataType, unit, labels },
    interpolation: interpolation ?? (kind === 'Analog' || kind === 'Counter' ? 'Linear' : 'Step'),
    counter: kind === 'Counter' ? (counter ?? { resets: 'Allowed' }) : undefined,
    states: isState,
  };
}

/** Times at which values began to mean something else: unit, type, kind or names of states. */
export const breaksOf = (meanings: readonly Meaning[]): number[] =>
  meanings.slice(1).flatMap((meaning, index) => (isSame(meaning, meanings[index]) ? [] : [meaning.sinceUs]));

const isSame = (a: Meaning, b: Meaning | undefined): boolean =>
  b !== undefined && a.kind === b.kind && a.dataType === b.dataType && a.unit === b.unit && sameLabels(a.labels, b.labels);

function sameLabels(a: Meaning['labels'], b: Meaning['labels']): boolean {
  const sorted = (labels: Meaning['labels']): string => JSON.stringify(Object.entries(labels ?? {}).sort());
  return sorted(a) === sorted(b);
}
