import { DeleteResourceInput, EditedResource } from '@kubeplant/api-client/schemas';
import { defineAction } from '../action.ts';
import { editResource } from './edit-resource.ts';

export const deleteResource = defineAction({
  name: 'resources.delete',
  summary: 'Delete a resource',
  permission: 'resource.edit',
  checksSession: true,
  input: DeleteResourceInput,
  output: EditedResource,
  run: (ctx, input) => editResource(ctx, { method: 'DELETE', ...input }),
});
