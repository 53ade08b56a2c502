import { randomUUID } from 'node:crypto';
import type { Grant } from '@kubeplant/api-client';
import type { ScopedClient } from '../ports.ts';
import { type AccountDeps, inAccounts } from './account-deps.ts';
import {
  deleteUser,
  insertUser,
  revokeSessions,
  selectUser,
  selectUsers,
  type UserRow,
  updatePassword,
  updateUser,
} from './account-rows.ts';
import { isAdmin } from './identity.ts';
import { checkPassword, generatePassword, hashPassword } from './password.ts';

/** What became of a change. `lastAdmin`: nobody could administer users afterwards. */
export type UserOutcome<T> =
  | { readonly kind: 'done'; readonly value: T }
  | { readonly kind: 'unknown' | 'taken' | 'lastAdmin' | 'wrongPassword' }
  | { readonly kind: 'weak'; readonly why: string };

/** What of a user an administrator sets. */
export interface UserPatch {
  readonly displayName?: string | undefined;
  readonly grants?: readonly Grant[] | undefined;
  readonly disabled?: boolean | undefined;
}

/** Advisory lock: changes of who is an administrator happen one after the other. */
const ADMIN_LOCK = 7_201_002;

/** Make a user; without a password one is generated, to be changed at the first login. */
export async function createUser(
  deps: AccountDeps,
  input: {
    readonly username: string;
    readonly displayName?: string | undefined;
    readonly grants: readonly Grant[];
    readonly password?: string | undefined;
  },
): Promise<UserOutcome<{ user: UserRow; password?: string }>> {
  const why = input.password === undefined ? undefined : checkPassword(input.password, input.username);
  if (why !== undefined) return { kind: 'weak', why };
  const password = input.password ?? generatePassword();
  const user = {
    userId: randomUUID(),
    username: input.username,
    displayName: input.displayName ?? input.username,
    passwordHash: await deps.passwords.hash(password),
    grants: input.grants,
    mustChangePassword: true,
    createdAt: new Date(deps.now()),
  };
  if (!(await inAccounts(deps, (client) => insertUser(client, user)))) return { kind: 'taken' };
  const row: UserRow = { ...user, disabled: false, lastLoginAt: null };
  return { kind: 'done', value: input.password === undefined ? { user: row, password } : { user: row } };
}

/** Change name, grants or whether the user may sign in. Disabling ends the sessions. */
export async function changeUser(deps: AccountDeps, username: string, patch: UserPatch): Promise<UserOutcome<UserRow>> {
  const ended: string[] = [];
  const outcome = await inAccounts(deps, async (client): Promise<UserOutcome<UserRow>> => {
    const user = await selectUserForChange(client, username);
    if (user === undefined) return { kind: 'unknown' };
    const next: UserRow = {
      ...user,
      displayName: patch.displayName ?? user.displayName,
      grants: patch.grants ?? user.grants,
      disabled: patch.disabled ?? user.disabled,
    };
    if (!(await isAdminLeft(client, next))) return { kind: 'lastAdmin' };
    await updateUser(client, next);
    if (next.disabled) ended.push(...(await revokeSessions(client, user, { at: new Date(deps.now()), reason: 'the user was disabled' })));
    return { kind: 'done', value: next };
  });
  deps.onRevoked(ended);
  return outcome;
}

/** Delete a user and all sessions. */
export async function removeUser(deps: AccountDeps, username: string): Promise<UserOutcome<undefined>> {
  const ended: string[] = [];
  const outcome = await inAccounts(deps, async (client): Promise<UserOutcome<undefined>> => {
    const user = await selectUserForChange(client, username);
    if (user === undefined) return { kind: 'unknown' };
    if (!(await isAdminLeft(client, { ...user, disabled: true }))) return { kind: 'lastAdmin' };
    ended.push(...(await revokeSessions(client, user, { at: new Date(deps.now()), reason: 'the user was deleted' })));
    await deleteUser(client, user.userId);
    return { kind: 'done', value: undefined };
  });
  deps.onRevoked(ended);
  return outcome;
}

/** Give a user a generated password, to be changed at the next login; ends the sessions. */
export async function resetPassword(deps: AccountDeps, username: string): Promise<UserOutcome<string>> {
  const password = generatePassword();
  const passwordHash = await deps.passwords.hash(password);
  const ended: string[] = [];
  const outcome = await inAccounts(deps, async (client): Promise<UserOutcome<string>> => {
    const user = await selectUserForChange(client, username);
    if (user === undefined) return { kind: 'unknown' };
    await updatePassword(client, { ...user, passwordHash, mustChangePassword: true });
    ended.push(...(await revokeSessions(client, user, { at: new Date(deps.now()), reason: 'the password was reset' })));
    return { kind: 'done', value: password };
  });
  deps.onRevoked(ended);
  return outcome;
}

/** A user's own change; ends the user's other sessions. */
export async function changePassword(
  deps: AccountDeps,
  who: { readonly userId: string; readonly sessionId: string | undefined },
  input: { readonly oldPassword: string; readonly newPassword: string },
): Promise<UserOutcome<UserRow>> {
  const user = await inAccounts(deps, (client) => selectUser(client, 'user_id', who.userId));
  if (user === undefined) return { kind: 'unknown' };
  if (!(await deps.passwords.verify(user.passwordHash, input.oldPassword, { key: user.userId, first: true })))
    return { kind: 'wrongPassword' };
  if (input.newPassword === input.oldPassword) return { kind: 'weak', why: 'is the old one; take another' };
  const why = checkPassword(input.newPassword, user.username);
  if (why !== undefined) return { kind: 'weak', why };
  const next: UserRow = { ...user, passwordHash: await deps.passwords.hash(input.newPassword), mustChangePassword: false };
  const ended = await inAccounts(deps, async (client) => {
    await updatePassword(client, next);
    const which = { userId: user.userId, ...(who.sessionId === undefined ? {} : { except: who.sessionId }) };
    return revokeSessions(client, which, { at: new Date(deps.now()), reason: 'the password was changed' });
  });
  deps.onRevoked(ended);
  return { kind: 'done', value: next };
}

/** What making the first administrator needs. */
export type FirstAdminDeps = Pick<AccountDeps, 'withScope' | 'now'>;

/** The first administrator, where there is no user at all. */
export function createFirstAdmin(deps: FirstAdminDeps, prepare: (password: string) => Promise<void>): Promise<'created' | 'present'> {
  return inAccounts(deps, async (client) => {
    await client.query('SELECT pg_advisory_xact_lock($1)', [ADMIN_LOCK]);
    if ((await selectUsers(client)).length > 0) return 'present';
    const password = generatePassword();
    const user = {
      userId: randomUUID(),
      username: 'admin',
      displayName: 'Administrator',
      passwordHash: await hashPassword(password),
      grants: [{ role: 'admin', namespace: '*', site: '*' } as const],
      mustChangePassword: true,
      createdAt: new Date(deps.now()),
    };
    await insertUser(client, user);
    await prepare(password); // before the commit: a user whose password nobody was told must not exist
    return 'created';
  });
}

async function selectUserForChange(client: ScopedClient, username: string): Promise<UserRow | undefined> {
  await client.query('SELECT pg_advisory_xact_lock($1)', [ADMIN_LOCK]);
  return selectUser(client, 'username', username);
}

async function isAdminLeft(client: ScopedClient, changed: UserRow): Promise<boolean> {
  const others = (await selectUsers(client)).filter((user) => user.userId !== changed.userId);
  return [...others, changed].some((user) => !user.disabled && isAdmin(user.grants));
}
