import { Me, Nothing } from '@kubeplant/api-client/schemas';
import { defineAction, identityOf } from '../action.ts';
import { toMe } from './account-view.ts';

export const showMe = defineAction({
  name: 'auth.me',
  summary: 'Show who is signed in and what they may do',
  permission: 'self',
  checksSession: true,
  beforePasswordChange: true,
  input: Nothing,
  output: Me,
  run: async (ctx) => toMe(identityOf(ctx)),
});
