import { Nothing } from '@kubeplant/api-client/schemas';
import { Type } from 'typebox';
import { defineAction } from '../action.ts';

export const showKeys = defineAction({
  name: 'auth.keys',
  summary: 'Show the public keys that access tokens are signed with (JWKS)',
  permission: 'public',
  input: Nothing,
  output: Type.Object({ keys: Type.Array(Type.Record(Type.String(), Type.Unknown())) }),
  run: async (ctx) => ({ keys: [{ ...ctx.accounts.keys.jwk }] }),
});
