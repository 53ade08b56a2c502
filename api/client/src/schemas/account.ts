import { type Static, Type } from 'typebox';
import { PERMISSIONS, ROLES } from '../vocabulary.ts';
import { Closed, Label, ListOf, paging, Time } from './common.ts';

const everywhere = Type.Union([Label, Type.Literal('*')]);
/** A role in one site, in all sites of a namespace (`site: *`), or everywhere (`namespace: *`). */
export const Grant = Closed({ role: Type.Enum(ROLES), namespace: everywhere, site: everywhere });
const grants = Type.Array(Grant, { maxItems: 50 });
const displayName = Type.String({ maxLength: 100 });
const password = Type.String({ minLength: 1, maxLength: 256 });

/** 3 to 64 of a-z, 0-9, `.`, `_`, `@`, `-`. */
export const Username = Type.String({ pattern: '^[a-z0-9][a-z0-9._@-]{2,63}$', description: '3 to 64 of a-z 0-9 . _ @ -' });

/** A user as others see it. */
export const User = Closed({
  username: Type.String(),
  displayName: Type.String(),
  grants,
  disabled: Type.Boolean(),
  mustChangePassword: Type.Boolean(),
  createdAt: Time,
  lastLoginAt: Type.Optional(Time),
});
/** Who is signed in, and what they may do anywhere (`grants` say where). */
export const Me = Closed({
  username: Type.String(),
  displayName: Type.String(),
  grants,
  permissions: Type.Array(Type.Enum(PERMISSIONS)),
  mustChangePassword: Type.Boolean(),
  /** Session in use; absent for the token of the local command. */
  session: Type.Optional(Type.String()),
});
export const LoginInput = Closed({ username: Type.String({ minLength: 1, maxLength: 128 }), password });
export const LoginOutput = Closed({ accessToken: Type.String(), expiresIn: Type.Integer({ description: 'seconds' }), user: Me });
export const PasswordInput = Closed({ oldPassword: password, newPassword: password });

export const ListUsersInput = Closed({ ...paging, sort: Type.Optional(Type.Enum(['username', 'createdAt', 'lastLoginAt'])) });
export const UserList = ListOf(User);
export const UserKey = Closed({ username: Username });
export const CreateUserInput = Closed({
  username: Username,
  displayName: Type.Optional(displayName),
  grants,
  password: Type.Optional(Type.String({ maxLength: 256, description: 'absent: one is generated, shown once and must be changed' })),
});
/** `password` only where it was generated. */
export const CreatedUser = Closed({ user: User, password: Type.Optional(Type.String()) });
export const UpdateUserInput = Closed({
  username: Username,
  displayName: Type.Optional(displayName),
  grants: Type.Optional(grants),
  disabled: Type.Optional(Type.Boolean()),
});
export const NewPassword = Closed({ password: Type.String({ description: 'shown once; must be changed at the next login' }) });

/** A signed-in browser or command. */
export const Session = Closed({
  id: Type.String(),
  username: Type.String(),
  createdAt: Time,
  lastUsedAt: Time,
  expiresAt: Time,
  address: Type.String(),
  userAgent: Type.String(),
  current: Type.Boolean(),
});
export const ListSessionsInput = Closed({
  ...paging,
  sort: Type.Optional(Type.Enum(['lastUsedAt', 'createdAt', 'username'])),
  username: Type.Optional(Type.String({ maxLength: 128, description: 'whose; * for everybody (administrators); absent: your own' })),
});
export const SessionList = ListOf(Session);
export const SessionKey = Closed({ id: Type.String({ format: 'uuid' }) });

export type Grant = Static<typeof Grant>;
export type User = Static<typeof User>;
export type Me = Static<typeof Me>;
export type LoginInput = Static<typeof LoginInput>;
export type LoginOutput = Static<typeof LoginOutput>;
export type PasswordInput = Static<typeof PasswordInput>;
export type ListUsersInput = Static<typeof ListUsersInput>;
export type CreateUserInput = Static<typeof CreateUserInput>;
export type CreatedUser = Static<typeof CreatedUser>;
export type UpdateUserInput = Static<typeof UpdateUserInput>;
export type Session = Static<typeof Session>;
export type ListSessionsInput = Static<typeof ListSessionsInput>;
