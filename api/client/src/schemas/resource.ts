import { type Static, Type } from 'typebox';
import { PLURALS } from '../vocabulary.ts';
import { Closed, Label } from './common.ts';

/** A resource as declared, with its status. */
export const Resource = Type.Object(
  {
    apiVersion: Type.String(),
    kind: Type.String(),
    metadata: Type.Object(
      { name: Type.String(), namespace: Type.Optional(Type.String()), resourceVersion: Type.Optional(Type.String()) },
      { additionalProperties: true },
    ),
    spec: Type.Optional(Type.Unknown()),
    status: Type.Optional(Type.Unknown()),
  },
  { additionalProperties: true },
);
const key = { namespace: Label, plural: Type.Enum(PLURALS), name: Label };
export const ResourceKey = Closed(key);
const edit = {
  ...key,
  ifMatch: Type.Optional(Type.String({ maxLength: 200, description: 'header If-Match: metadata.resourceVersion as loaded; stale is 412' })),
  dryRun: Type.Optional(Type.Boolean({ default: false, description: 'check it, change nothing' })),
};
export const PutResourceInput = Closed({ ...edit, resource: Resource });
export const DeleteResourceInput = Closed(edit);
/** `object`: the resource after the change (absent after a deletion). */
export const EditedResource = Closed({ message: Type.String(), dryRun: Type.Boolean(), object: Type.Optional(Resource) });

export type Resource = Static<typeof Resource>;
export type ResourceKey = Static<typeof ResourceKey>;
export type PutResourceInput = Static<typeof PutResourceInput>;
export type DeleteResourceInput = Static<typeof DeleteResourceInput>;
export type EditedResource = Static<typeof EditedResource>;
