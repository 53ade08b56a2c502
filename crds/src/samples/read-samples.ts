import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';

/** Annotation of a rejected sample: the field the error is reported at. */
const EXPECTED_FIELD = 'kubeplant.io/expected-field';

/** A resource that is accepted, or rejected for `expectedField`; an update where `old` is given. */
export interface Sample {
  /** File and number of the document, from 1. */
  readonly name: string;
  readonly object: SampleObject;
  readonly old?: SampleObject;
  /** Absent: accepted. */
  readonly expectedField?: string;
}

/** A resource as read from YAML. */
export interface SampleObject {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
  readonly spec?: unknown;
  readonly [field: string]: unknown;
}

/** The samples of a folder of `crds/samples`. In `transitions` documents come in pairs: what was, and what it becomes. */
export function readSamples(folder: 'valid' | 'invalid' | 'transitions'): Sample[] {
  const directory = fileURLToPath(new URL(`../../samples/${folder}`, import.meta.url));
  const files = readdirSync(directory).filter((file) => file.endsWith('.yaml'));
  const samples = files.sort().flatMap((file) => readFile(directory, file));
  if (folder !== 'transitions') return samples;
  return samples.flatMap((sample, n) => {
    const before = samples[n - 1];
    return n % 2 === 1 && before !== undefined ? [{ ...sample, old: before.object }] : [];
  });
}

function readFile(directory: string, file: string): Sample[] {
  return parseAllDocuments(readFileSync(`${directory}/${file}`, 'utf8')).map((document, n) => {
    if (document.errors.length > 0) throw new Error(`${file}: ${document.errors[0]?.message}`);
    const object: SampleObject = document.toJS();
    const expectedField = object.metadata.annotations?.[EXPECTED_FIELD];
    return { name: `${file}#${n + 1}`, object, ...(expectedField === undefined ? {} : { expectedField }) };
  });
}
