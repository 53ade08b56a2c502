import type { ScopedClient, WithScope } from '../ports.ts';
import type { Passwords } from './password.ts';
import type { SigningKeys } from './signing-keys.ts';

/** What accounts need. */
export interface AccountDeps {
  readonly withScope: WithScope;
  readonly keys: SigningKeys;
  readonly passwords: Passwords;
  readonly now: () => number;
  /** Told of sessions that ended early, so that what they hold open can be closed. */
  readonly onRevoked: (sessionIds: readonly string[]) => void;
}

/** A transaction on the tables of accounts, which belong to no tenant: the scope is empty. */
export const inAccounts = <T>(deps: Pick<AccountDeps, 'withScope'>, run: (client: ScopedClient) => Promise<T>): Promise<T> =>
  deps.withScope({ grants: [] }, run);

/** Where a request comes from. */
export interface RequestOrigin {
  readonly address: string;
  readonly userAgent: string;
}
