import type { Logger, TlsTexts } from '@kubeplant/kit';
import { createModelLink } from '@kubeplant/operator-link';
import { answerEdit } from './controllers/answer-edit.ts';
import type { ApiNews, ModelConnection } from './operator.ts';

/** What a connection to the api needs. */
export interface ApiOptions {
  readonly endpoint: string;
  readonly tls: () => TlsTexts;
  readonly cluster: string;
  readonly leaseTransitions: number;
  readonly log: Logger;
}

/** Dial the api and keep its models current. */
export const connectApi =
  ({ endpoint, tls, cluster, leaseTransitions, log }: ApiOptions) =>
  (news: ApiNews): ModelConnection => {
    const link = createModelLink({
      endpoint,
      tls,
      log,
      hello: { cluster, leaseTransitions, host: 'kubernetes', consoleEdits: false },
      onHealth: news.health,
      onAccepted: news.accepted,
      onEdit: async (edit) => answerEdit(edit),
    });
    return { ...link, isConnected: () => link.state().connection === 'Connected' };
  };
