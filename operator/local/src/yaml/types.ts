import type { Document } from 'yaml';

/** A place in a file; both count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Something about the text itself: an error makes the file unreadable, a warning does not. */
export interface YamlProblem extends Position {
  readonly severity: 'Error' | 'Warning';
  readonly reason: string;
  readonly message: string;
}

/** One document of a file: its value as kubectl would read it, and where each field is. */
export interface YamlDocument {
  readonly value: unknown;
  /** Where the field is; of a field that is not there, its nearest parent. Takes `a.b[0].c` and `a[b]`. */
  readonly positionOf: (field: string) => Position;
  /** The document with comments and layout, for edits in place. Its scalars are all text. */
  readonly document: Document.Parsed;
}

/** Outcome of parsing a file. */
export type ParsedYaml =
  | { readonly kind: 'documents'; readonly documents: readonly YamlDocument[]; readonly warnings: readonly YamlProblem[] }
  | { readonly kind: 'malformed'; readonly problems: readonly YamlProblem[] };
