import type { DeclaredResource } from '@kubeplant/crds/model';
import type { Problem } from '../problem.ts';
import type { Origin } from '../source/types.ts';
import type { Position } from '../yaml/types.ts';

/** A resource in force: valid, defaults filled in, with the metadata an API server would give it. */
export interface AcceptedResource {
  readonly object: DeclaredResource;
  readonly origin: Origin;
  readonly positionOf: (field: string) => Position;
}

/** What is in force, by file. A file that is broken keeps what it last had. */
export type Accepted = ReadonlyMap<string, readonly AcceptedResource[]>;

/** Outcome of reading all files once. */
export interface Acceptance {
  readonly accepted: Accepted;
  readonly problems: readonly Problem[];
  /** Files whose present text is not in force. */
  readonly held: readonly string[];
}
