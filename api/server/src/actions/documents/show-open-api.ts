import { Nothing } from '@kubeplant/api-client/schemas';
import { Type } from 'typebox';
import { defineAction } from '../action.ts';

export const showOpenApi = defineAction({
  name: 'documents.openApi',
  summary: 'Describe this api (OpenAPI 3.1)',
  permission: 'public',
  input: Nothing,
  output: Type.Unknown(),
  run: async (ctx) => ctx.openApi(),
});
