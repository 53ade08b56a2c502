import { KIND_OF_PLURAL } from '@kubeplant/api-client';
import { EditedResource, PutResourceInput } from '@kubeplant/api-client/schemas';
import { defineAction } from '../action.ts';
import { invalidInput } from '../action-error.ts';
import { editResource } from './edit-resource.ts';

export const putResource = defineAction({
  name: 'resources.put',
  summary: 'Replace a resource',
  permission: 'resource.edit',
  checksSession: true,
  input: PutResourceInput,
  output: EditedResource,
  run: (ctx, input) => {
    const { kind, metadata } = input.resource;
    const expected = KIND_OF_PLURAL[input.plural];
    if (kind !== expected) throw invalidInput([{ field: 'kind', message: `is ${kind}; at this address it must be ${expected}` }]);
    if (metadata.name !== input.name)
      throw invalidInput([{ field: 'metadata.name', message: `is ${metadata.name}; at this address it must be ${input.name}` }]);
    if ((metadata.namespace ?? input.namespace) !== input.namespace) {
      throw invalidInput([
        { field: 'metadata.namespace', message: `is ${metadata.namespace}; at this address it must be ${input.namespace}` },
      ]);
    }
    return editResource(ctx, { method: 'PUT', ...input });
  },
});
