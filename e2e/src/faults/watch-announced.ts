import pg from 'pg';
import type { Rig } from './rig.ts';

/** What a browser would have shown: ids of the alarm transitions it was told. */
export interface Announced {
  readonly transitions: ReadonlySet<string>;
  readonly connections: number;
  stop(): void;
}

/** Follow the alarms of the plant; connects again whenever it is cut off. */
export function watchAnnounced({ http }: Pick<Rig, 'http'>): Announced {
  const transitions = new Set<string>();
  let connections = 0;
  let stopped = false;
  let socket: WebSocket | undefined;
  const open = (): void => {
    if (stopped) return;
    const mine = new WebSocket(`${http.url.replace('http', 'ws')}/api/v1/live`);
    socket = mine;
    mine.onopen = () => {
      connections += 1;
      mine.send(JSON.stringify({ type: 'hello', token: http.token }));
      mine.send(JSON.stringify({ type: 'subscribe', tags: ['faults/counter/count-0'], alarms: true }));
    };
    mine.onmessage = ({ data }) => {
      const message = JSON.parse(String(data)) as { readonly type: string; readonly journal?: readonly { readonly id: string }[] };
      if (message.type === 'alarm') for (const { id } of message.journal ?? []) transitions.add(id);
    };
    mine.onclose = () => void setTimeout(open, 200);
  };
  open();
  return {
    transitions,
    get connections() {
      return connections;
    },
    stop: () => {
      stopped = true;
      socket?.close();
    },
  };
}

/** Announced and not recorded, and the number that is recorded. */
export async function compareAnnounced(
  databaseUrl: string,
  announced: ReadonlySet<string>,
): Promise<{ readonly recorded: number; readonly unrecorded: readonly string[] }> {
  const client = new pg.Client({ connectionString: databaseUrl });
  client.on('error', () => {});
  await client.connect();
  try {
    const { rows } = await client.query<{ id: string }>('SELECT id FROM alarm_transition');
    const recorded = new Set(rows.map(({ id }) => id));
    return { recorded: recorded.size, unrecorded: [...announced].filter((id) => !recorded.has(id)) };
  } finally {
    await client.end();
  }
}
