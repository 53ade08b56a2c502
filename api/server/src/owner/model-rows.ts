import type { SiteModel } from '@kubeplant/crds/model';
import type { Store } from '../store/create-store.ts';
import type { EventRow } from './prepared.ts';
import { writeEvents } from './write-rows.ts';

/** A row of `site_model`. */
export interface ModelRow {
  readonly tenant: string;
  readonly site: string;
  readonly body: Buffer;
}

/** All models this api was given. */
export async function readModels(store: Store): Promise<ModelRow[]> {
  return store.withScope({ grants: [{ tenant: '*', site: '*' }] }, async (client) => {
    const found = await client.query<ModelRow>('SELECT tenant, site, body FROM site_model ORDER BY tenant, site');
    return found.rows;
  });
}

const SAVE = `
INSERT INTO site_model (tenant, site, revision, body) VALUES ($1, $2, $3, $4)
ON CONFLICT (tenant, site) DO UPDATE SET revision = excluded.revision, body = excluded.body, received_at = now()`;

interface Saved {
  readonly model: SiteModel;
  readonly body: Uint8Array;
  readonly before: SiteModel | undefined;
  readonly nowUs: number;
}

/** Keep a model, and journal what it changes. */
export async function saveModel(store: Store, { model, body, before, nowUs }: Saved): Promise<void> {
  const { tenant, site, revision } = model;
  await store.withScope({ grants: [{ tenant, site }] }, async (client) => {
    await client.query(SAVE, [tenant, site, revision, Buffer.from(body)]);
    await writeEvents(client, model, eventsOf(model, before, nowUs));
  });
}

export async function removeModel(store: Store, tenant: string, site: string, nowUs: number): Promise<void> {
  await store.withScope({ grants: [{ tenant, site }] }, async (client) => {
    const removed = await client.query('DELETE FROM site_model WHERE tenant = $1 AND site = $2', [tenant, site]);
    if (removed.rowCount !== 0)
      await writeEvents(client, { tenant, site }, [
        { timeUs: nowUs, kind: 'SiteRemoved', message: `site ${site} was removed; its history is kept` },
      ]);
  });
}

/** Rows of the journal for a model that follows another. */
export function eventsOf(model: SiteModel, before: SiteModel | undefined, timeUs: number): EventRow[] {
  if (before?.revision === model.revision) return [];
  const { revision } = model;
  const events: EventRow[] = [
    {
      timeUs,
      kind: 'ModelChanged',
      message: `configuration ${revision} is in force`,
      details: { revision, before: before?.revision ?? null },
    },
  ];
  const simulated = new Set(before?.simulations);
  for (const name of model.simulations)
    if (!simulated.delete(name))
      events.push({
        timeUs,
        kind: 'SimulationEntered',
        message: `simulation ${name} is in force: readings are not the plant's`,
        details: { simulation: name },
      });
  for (const name of simulated)
    events.push({ timeUs, kind: 'SimulationLeft', message: `simulation ${name} has ended`, details: { simulation: name } });
  return events;
}
