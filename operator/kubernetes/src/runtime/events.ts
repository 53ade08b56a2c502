import { randomBytes } from 'node:crypto';
import type { Logger } from '@kubeplant/kit';
import { type KubeObject, pathOf } from '../api/kube-object.ts';
import { EVENT } from '../api/resource-types.ts';
import type { Transport } from '../api/transport.ts';

/** Something that happened to an object, for `kubectl describe`. */
export interface EventNote {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly action: string;
  readonly note: string;
}

/** Records Events; one that repeats becomes a series. Never throws and never waits. */
export interface EventRecorder {
  record(object: KubeObject, event: EventNote): void;
}

/** What a recorder needs. */
export interface EventDeps {
  readonly transport: Transport;
  readonly log: Logger;
  readonly instance: string;
  readonly now: () => Date;
}

/** The same event within this time is counted, and written at most this often. */
const SERIES_MS = 300_000;
const MAX_NOTE = 1000;
const MAX_SERIES = 10_000;

interface Series {
  readonly path: string;
  count: number;
  writtenMs: number;
}

/** Events of `events.k8s.io/v1`: at most one write in five minutes for one object and reason. */
export function createEventRecorder({ transport, log, instance, now }: EventDeps): EventRecorder {
  const series = new Map<string, Series>();
  const send = (method: 'POST' | 'PATCH', path: string, body: object) => {
    const contentType = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
    transport
      .request(method, path, { body, contentType })
      .catch((error: unknown) => log.debug({ err: error }, 'an Event could not be written'));
  };
  return {
    record: (object, event) => {
      const nowMs = performance.now();
      const key = `${object.metadata.uid}/${event.type}/${event.reason}/${event.note}`;
      const known = series.get(key);
      if (known !== undefined && nowMs - known.writtenMs < SERIES_MS * (known.count > 1 ? 1 : 0.1)) {
        known.count++;
        return;
      }
      if (known !== undefined && nowMs - known.writtenMs < 2 * SERIES_MS) {
        known.count++;
        known.writtenMs = nowMs;
        send('PATCH', known.path, { series: { count: known.count, lastObservedTime: microTime(now()) } });
        return;
      }
      const name = `${object.metadata.name.slice(0, 200)}.${randomBytes(8).toString('hex')}`;
      const namespace = object.metadata.namespace ?? 'default';
      if (series.size >= MAX_SERIES) series.clear();
      series.set(key, { path: pathOf(EVENT, { namespace, name }), count: 1, writtenMs: nowMs });
      send('POST', pathOf(EVENT, { namespace }), buildEvent(object, event, { name, namespace, instance, now: now() }));
    },
  };
}

interface EventPlace {
  readonly name: string;
  readonly namespace: string;
  readonly instance: string;
  readonly now: Date;
}

function buildEvent(object: KubeObject, { type, reason, action, note }: EventNote, { name, namespace, instance, now }: EventPlace): object {
  const { apiVersion, kind, metadata } = object;
  return {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { name, namespace },
    eventTime: microTime(now),
    reportingController: 'kubeplant.io/operator',
    reportingInstance: instance.slice(0, 128),
    type,
    reason,
    action,
    note: note.slice(0, MAX_NOTE),
    regarding: {
      apiVersion,
      kind,
      name: metadata.name,
      namespace: metadata.namespace,
      uid: metadata.uid,
      resourceVersion: metadata.resourceVersion,
    },
  };
}

/** MicroTime has six digits; with three the API server refuses it. */
export const microTime = (date: Date): string => date.toISOString().replace('Z', '000Z');
