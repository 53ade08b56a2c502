import type { DeclaredResource } from '@kubeplant/crds/model';
import type { Problem } from '../problem.ts';
import type { Position, YamlDocument } from '../yaml/types.ts';

/** What a kustomization adds to the resources it names. */
export interface Transform {
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A file to read, and the kustomizations it is reached through, innermost first. */
export interface SourcePath {
  /** As the user would write it. `-`: standard input. */
  readonly file: string;
  readonly transforms: readonly Transform[];
}

/** Where a resource is written: its file, its document in it, and its index when that is a List. */
export interface Origin {
  readonly file: string;
  readonly documentIndex: number;
  readonly itemIndex?: number;
  readonly transformed: boolean;
}

/** A resource of our group as read, not yet validated. */
export interface SourceResource {
  readonly object: DeclaredResource;
  readonly origin: Origin;
  readonly positionOf: (field: string) => Position;
}

/** A file as read. `broken`: its text could not be understood. */
export interface SourceFile {
  readonly file: string;
  readonly broken: boolean;
  readonly resources: readonly SourceResource[];
  readonly problems: readonly Problem[];
  /** Resources of other groups, which are left alone. */
  readonly ignored: number;
  readonly documents: readonly YamlDocument[];
  readonly text: string;
}

/** Collects what there is to read while folders are walked. */
export interface Collecting {
  readonly paths: SourcePath[];
  readonly problems: Problem[];
  readonly watched: string[];
}
