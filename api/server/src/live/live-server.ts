import type { JournalEntry, ServerMessage } from '@kubeplant/api-client';
import type { WebSocket } from 'ws';
import type { ActionDeps } from '../actions/action.ts';
import { toAlarm, toJournalEntry } from '../actions/alarms/alarm-view.ts';
import type { Call } from '../actions/run-action.ts';
import type { LiveAlarms } from '../ports.ts';
import { createFanOut } from './fan-out.ts';
import type { LiveLimits } from './limits.ts';
import { LiveConnection } from './live-connection.ts';

/** All clients of the live channel. */
export interface LiveServer {
  accept(socket: WebSocket, call: Omit<Call, 'token'>): void;
  /** End the connections of sessions that are over. */
  endSessions(sessionIds: readonly string[]): void;
  connections(): number;
  /** Tell everybody, then close. */
  close(): void;
}

/** Live server over the hub. */
export function createLiveServer(deps: ActionDeps, limits: LiveLimits): LiveServer {
  const connections = new Map<LiveConnection, WebSocket>();
  const strangers = new Set<LiveConnection>();
  const silent = new WeakSet<WebSocket>();
  const fanOut = createFanOut(deps.hub, () => performance.now());
  const stop = deps.hub.onAlarms((event) => {
    if (connections.size === 0) return;
    const text = JSON.stringify(toMessage(deps, event));
    for (const connection of connections.keys()) connection.takeAlarms(event, text);
  });
  const ping = setInterval(() => {
    for (const socket of connections.values()) {
      if (silent.has(socket)) socket.terminate();
      silent.add(socket);
      socket.ping();
    }
  }, limits.pingMs);
  ping.unref();
  const onIdentified = (connection: LiveConnection): void => {
    strangers.delete(connection);
    const own = [...connections.keys()].filter(({ userId }) => userId === connection.userId);
    if (own.length > limits.connectionsPerUser)
      connection.end('too-many-connections', `A user has ${limits.connectionsPerUser} live connections at most.`, 1013);
  };
  const onEnded = (connection: LiveConnection): void => {
    connections.delete(connection);
    strangers.delete(connection);
  };
  const admit = (connection: LiveConnection): void => {
    if (connections.size > limits.connections)
      connection.end('too-many-connections', `This api serves ${limits.connections} live connections at most.`, 1013);
    else strangers.add(connection);
    if (strangers.size <= limits.strangers) return;
    const [oldest] = strangers;
    oldest?.end('hello-timeout', 'Too many connections wait for their hello; say it at once.', 4408);
  };
  return {
    accept(socket, call) {
      const connection = new LiveConnection({ ...deps, fanOut, helloMs: limits.helloMs, onIdentified, onEnded }, socket, call);
      connections.set(connection, socket);
      socket.on('ping', () => silent.delete(socket));
      socket.on('pong', () => silent.delete(socket));
      let waiting = 0;
      socket.on('message', (text) => {
        silent.delete(socket);
        waiting += 1;
        if (waiting >= limits.waitingMessages) socket.pause();
        void connection.handleMessage(String(text)).finally(() => {
          waiting -= 1;
          if (waiting < limits.waitingMessages && socket.isPaused) socket.resume();
        });
      });
      socket.on('close', () => connection.handleClosed());
      admit(connection);
    },
    endSessions(sessionIds) {
      const ended = new Set(sessionIds);
      for (const connection of connections.keys()) {
        if (connection.sessionId !== undefined && ended.has(connection.sessionId))
          connection.end('session-ended', 'This session has ended; sign in again.', 4401);
      }
    },
    connections: () => connections.size,
    close() {
      stop();
      clearInterval(ping);
      for (const connection of connections.keys()) connection.end('going-away', 'The api is stopping; connect again in a moment.', 1001);
      fanOut.close();
    },
  };
}

function toMessage(deps: ActionDeps, { tenant, site, states, transitions }: LiveAlarms): ServerMessage {
  const model = deps.sites.model(tenant, site);
  const journal: JournalEntry[] = transitions.map((transition) => toJournalEntry({ tenant, site, transition }, model));
  return { type: 'alarm', alarms: states.map((state) => toAlarm({ tenant, site, state }, model)), journal };
}
