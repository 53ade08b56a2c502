import { gzipSync } from 'node:zlib';
import type { SiteModel } from '@kubeplant/crds/model';
import type { model } from '@kubeplant/proto';
import type { SiteLinkState } from './types.ts';

/** One site of the desired set: what is wanted, what was sent on the present stream, what was answered. */
interface Entry {
  readonly message: model.SiteModel;
  sent: boolean;
  accepted: string | undefined;
  refused: { readonly code: string; readonly message: string } | undefined;
}

/** The desired models and what of them still has to be sent on the present stream. */
export interface DesiredModels {
  /** False when the very same model is already wanted. */
  want(site: SiteModel): boolean;
  /** False when the site was not wanted. */
  drop(namespace: string, site: string): boolean;
  markSynced(): void;
  /** A new stream: everything has to be sent again. */
  restart(): void;
  /** The next message to send; undefined when the stream is up to date. */
  next(): model.OperatorMessage | undefined;
  accept(accepted: model.ModelAccepted): void;
  refuse(refused: model.ModelRefused): void;
  states(): SiteLinkState[];
}

const keyOf = (at: { namespace: string; site: string }): string => `${at.namespace}/${at.site}`;

/** The wire form of a model: the JSON is gzipped, because it repeats itself. */
export const toMessage = (site: SiteModel): model.SiteModel => ({
  namespace: site.namespace,
  site: site.site,
  revision: site.revision,
  body: gzipSync(JSON.stringify(site), { level: 6 }),
});

export function createDesiredModels(): DesiredModels {
  const entries = new Map<string, Entry>();
  const removals = new Map<string, model.SiteRemoved>();
  const synced = { wanted: false, sent: false };
  return {
    want(site) {
      const message = toMessage(site);
      const before = entries.get(keyOf(site));
      if (before !== undefined && Buffer.compare(before.message.body, message.body) === 0) return false;
      entries.set(keyOf(site), { message, sent: false, accepted: before?.accepted, refused: undefined });
      removals.delete(keyOf(site));
      return true;
    },
    drop(namespace, site) {
      const known = entries.delete(keyOf({ namespace, site }));
      if (known) removals.set(keyOf({ namespace, site }), { namespace, site });
      return known;
    },
    markSynced() {
      synced.wanted = true;
    },
    restart() {
      // A removal need not be repeated once Synced follows; before that it must be, or the site would stay.
      if (synced.wanted) removals.clear();
      synced.sent = false;
      for (const entry of entries.values()) entry.sent = false;
    },
    next: () => nextMessage(entries, removals, synced),
    accept(accepted) {
      const entry = entries.get(keyOf(accepted));
      if (entry === undefined) return;
      entry.accepted = accepted.revision;
      if (accepted.revision === entry.message.revision) entry.refused = undefined;
    },
    refuse(refused) {
      const entry = entries.get(keyOf(refused));
      if (entry === undefined || entry.message.revision !== refused.revision) return;
      entry.refused = { code: refused.code, message: refused.message };
    },
    states: () => [...entries.values()].map(toState),
  };
}

function nextMessage(
  entries: Map<string, Entry>,
  removals: Map<string, model.SiteRemoved>,
  synced: { wanted: boolean; sent: boolean },
): model.OperatorMessage | undefined {
  for (const [key, removed] of removals) {
    removals.delete(key);
    return { message: { $case: 'removed', value: removed } };
  }
  for (const entry of entries.values()) {
    if (entry.sent) continue;
    entry.sent = true;
    return { message: { $case: 'model', value: entry.message } };
  }
  if (!synced.wanted || synced.sent) return undefined;
  synced.sent = true;
  return { message: { $case: 'synced', value: {} } };
}

const toState = ({ message, accepted, refused }: Entry): SiteLinkState => ({
  namespace: message.namespace,
  site: message.site,
  revision: message.revision,
  ...(accepted !== undefined && { accepted }),
  ...(refused !== undefined && { refused }),
});
