import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parseYaml } from '../yaml/parse-yaml.ts';
import type { YamlDocument } from '../yaml/types.ts';
import { atFile } from '../problem.ts';
import type { Collecting, Transform } from './types.ts';

const NAMES = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];
const SUPPORTED = new Set(['apiVersion', 'kind', 'metadata', 'resources', 'namespace', 'commonLabels', 'labels', 'commonAnnotations']);

/** The kustomization file of a folder, if it has one. */
export async function findKustomization(folder: string): Promise<string | undefined> {
  for (const name of NAMES) {
    const found = await stat(join(folder, name)).catch(() => undefined);
    if (found?.isFile()) return join(folder, name);
  }
  return undefined;
}

/**
 * Read a kustomization: its resources, namespace, labels and annotations. Whatever else it asks for is refused by
 * name: a plant that is half of what kustomize would build must not start. With a problem it has no resources.
 */
export async function readKustomization(collecting: Collecting, file: string): Promise<{ transform: Transform; resources: string[] }> {
  collecting.watched.push(file);
  const parsed = parseYaml(await readFile(file, 'utf8'));
  if (parsed.kind === 'malformed') {
    collecting.problems.push(...parsed.problems.map((problem) => ({ ...problem, file, field: '' })));
    return { transform: {}, resources: [] };
  }
  const document = parsed.documents[0];
  if (document === undefined || !isRecord(document.value)) {
    collecting.problems.push(atFile(file, 'KustomizationMalformed', 'a kustomization is a map with "resources": list the files to read'));
    return { transform: {}, resources: [] };
  }
  const before = collecting.problems.length;
  const transform = readTransform(collecting, file, document, document.value);
  const resources = readResources(collecting, file, document, document.value);
  return { transform, resources: collecting.problems.length > before ? [] : resources };
}

function readResources(collecting: Collecting, file: string, document: YamlDocument, value: Record<string, unknown>): string[] {
  const listed = value.resources ?? [];
  if (!Array.isArray(listed)) report(collecting, file, document, 'resources', 'takes a list of files and folders');
  return (Array.isArray(listed) ? listed : []).flatMap((entry, index) => {
    if (typeof entry === 'string' && !/^[a-z+]+:\/\/|^git@|\?ref=/.test(entry)) return [entry];
    report(
      collecting,
      file,
      document,
      `resources[${index}]`,
      `${JSON.stringify(entry)} is not a local file or folder: fetch it first and name the copy`,
    );
    return [];
  });
}

function readTransform(collecting: Collecting, file: string, document: YamlDocument, value: Record<string, unknown>): Transform {
  for (const field of Object.keys(value)) {
    if (SUPPORTED.has(field)) continue;
    report(
      collecting,
      file,
      document,
      field,
      `kustomize's "${field}" is not supported here: run \`kubectl kustomize\` and give its output ("-" reads standard input)`,
    );
  }
  const namespace = value.namespace;
  if (namespace !== undefined && typeof namespace !== 'string') report(collecting, file, document, 'namespace', 'takes a text');
  const labels = readTexts(collecting, file, document, 'commonLabels', value.commonLabels);
  const groups = Array.isArray(value.labels) ? value.labels : [];
  for (const [index, group] of groups.entries()) {
    Object.assign(labels, readTexts(collecting, file, document, `labels[${index}].pairs`, isRecord(group) ? group.pairs : undefined));
  }
  const annotations = readTexts(collecting, file, document, 'commonAnnotations', value.commonAnnotations);
  return { ...(typeof namespace === 'string' && { namespace }), labels, annotations };
}

function readTexts(collecting: Collecting, file: string, document: YamlDocument, field: string, value: unknown): Record<string, string> {
  const pairs = isRecord(value) ? Object.entries(value) : [];
  if (value !== undefined && !isRecord(value)) report(collecting, file, document, field, 'takes a map of texts');
  const texts: Record<string, string> = {};
  for (const [key, text] of pairs) {
    if (typeof text === 'string') texts[key] = text;
    else report(collecting, file, document, `${field}.${key}`, `${JSON.stringify(text)} is not a text: quote it`);
  }
  return texts;
}

function report(collecting: Collecting, file: string, document: YamlDocument, field: string, message: string): void {
  const at = document.positionOf(field);
  collecting.problems.push({ severity: 'Error', reason: 'KustomizationUnsupported', file, ...at, field, message });
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
