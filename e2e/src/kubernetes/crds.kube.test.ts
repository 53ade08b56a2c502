import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { API_VERSION, KINDS, type Kind } from '@kubeplant/crds';
import { mutateSample, readSamples, type Sample, type SampleObject } from '@kubeplant/crds/samples';
import { applyDefaults, validateResource } from '@kubeplant/crds/validate';
import { createKubeApi, type KubeApi, type KubeAnswer } from './kube-api.ts';

const kubeconfig = inject('kubeconfig');
const NAMESPACE = 'samples';
const DRY_RUN = '?dryRun=All&fieldValidation=Strict';

describe.skipIf(kubeconfig === '')('the samples on the API server', () => {
  let api: KubeApi;
  beforeAll(async () => {
    api = createKubeApi(kubeconfig);
    await api.must('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } });
  });
  afterAll(() => api?.close());

  const create = (object: SampleObject) => api.request('POST', pathOf(object) + DRY_RUN, object);

  it.each(readSamples('valid'))('$name is accepted, with the same defaults', async ({ object }) => {
    const answer = await create(object);
    expect(answer, answer.body.message).toMatchObject({ status: 201 });
    const ours = applyDefaults(object);
    expect(answer.body.spec).toEqual(ours.spec);
    expect(answer.body.status).toEqual({ observedGeneration: -1 });
  });

  it.each(readSamples('invalid'))('$name is rejected at $expectedField', async ({ object, expectedField = '' }) => {
    const answer = await create(object);
    expect(answer.status, JSON.stringify(answer.body)).toBeGreaterThanOrEqual(400);
    expect(agrees(faultyFields(answer), [expectedField]), answer.body.message).toBe(true);
  });

  it.each(readSamples('transitions'))('$name is judged alike', async ({ name, object, old, expectedField }) => {
    const before = old as SampleObject;
    const metadata = { ...object.metadata, name: `${object.metadata.name}-${name.replace(/[^0-9]/g, '')}` };
    const created = await api.must('POST', pathOf(before), { ...before, metadata });
    const resourceVersion = created.metadata.resourceVersion;
    const answer = await api.request('PUT', `${pathOf(object)}/${metadata.name}${DRY_RUN}`, {
      ...object,
      metadata: { ...metadata, resourceVersion },
    });
    if (expectedField === undefined) expect(answer.status, answer.body.message).toBe(200);
    else expect(faultyFields(answer)).toEqual([expectedField]);
  });

  it('reaches the same verdict for the same field wherever a valid sample is bent', async () => {
    const bent = bendSamples(readSamples('valid'));
    const differences: string[] = [];
    await eachAtOnce(bent, 8, async ({ title, object }) => {
      const ours = validateResource(object).map(({ field }) => field);
      const answer = await create(object);
      const theirs = answer.status < 300 ? [] : faultyFields(answer);
      const same = ours.length === 0 ? answer.status < 300 : answer.status >= 400 && agrees(theirs, ours);
      if (!same) differences.push(`${title}: ours ${JSON.stringify(ours)}, theirs ${answer.status} ${answer.body.message ?? ''}`);
    });
    expect(bent.length).toBeGreaterThan(1500);
    expect(differences).toEqual([]);
  }, 240_000);
});

describe.skipIf(kubeconfig === '')('kubectl', () => {
  const run = (...args: string[]) =>
    execFileSync(join(inject('kubernetesPrograms'), 'kubectl'), ['--kubeconfig', kubeconfig, ...args], { encoding: 'utf8' });

  it('explains a field like a manual page', () => {
    const page = run('explain', 'device.spec.connection.modbusTcp');
    for (const text of [
      'How to reach a Modbus device over TCP',
      'host\t<string> -required-',
      'Address or name of the device',
      'Default: 2s.',
      'enum: Tcp, RtuOverTcp',
    ])
      expect(page).toContain(text);
    expect(run('explain', 'collectorclass.spec.nodeSelector')).toContain('Only on Kubernetes');
  });

  it('prints our columns, finds our short names and selects by our fields', () => {
    run('create', 'namespace', 'columns');
    for (const { object } of readSamples('valid').filter(({ object }) => object.kind === 'Device'))
      execFileSync(join(inject('kubernetesPrograms'), 'kubectl'), ['--kubeconfig', kubeconfig, '-n', 'columns', 'apply', '-f', '-'], {
        input: JSON.stringify(object),
      });
    expect(run('-n', 'columns', 'get', 'dev').split('\n')[0]).toMatch(/^NAME +SITE +PROTOCOL +READY +CONNECTED +DATA +TAGS +AGE$/);
    const calculated = run('-n', 'columns', 'get', 'dev', '--field-selector=spec.connection.protocol=Calculated', '-o', 'name');
    expect(calculated.trim().split('\n').sort()).toEqual(['device.kubeplant.io/averages', 'device.kubeplant.io/totals']);
    for (const shortName of ['site', 'dprof', 'alr', 'cclass', 'sim']) run('-n', 'columns', 'get', shortName);
    expect(run('-n', 'columns', 'get', 'kubeplant', '-o', 'name')).toContain('device.kubeplant.io/tank-1');
  });
});

function pathOf({ kind }: SampleObject): string {
  const { plural, scope } = KINDS[kind as Kind];
  return `/apis/${API_VERSION}/${scope === 'Cluster' ? '' : `namespaces/${NAMESPACE}/`}${plural}`;
}

/** Fields an answer blames: its causes, or what a message about decoding names. Map keys are written as we write them. */
function faultyFields({ body }: KubeAnswer): string[] {
  const causes: readonly { field?: string }[] = body.details?.causes ?? [];
  const named = causes.flatMap(({ field }) => (field === undefined || field === '<nil>' ? [] : [normalize(field)]));
  const decoding = [...String(body.message).matchAll(/unknown field "([^"]+)"/g)].map(([, field]) => normalize(field ?? ''));
  const metadata = /ObjectMeta\.(?:metadata\.)?([a-z]+)/.exec(String(body.message));
  return [...new Set([...named, ...decoding, ...(metadata ? [`metadata.${metadata[1]}`] : [])])];
}

const normalize = (field: string): string => field.replace(/\[([^\]]*)\]/g, (whole, key) => (/^[0-9]+$/.test(key) ? whole : `.${key}`));

/** Both blame one field in common; the API server names a map where we name the entry. */
const agrees = (theirs: readonly string[], ours: readonly string[]): boolean =>
  theirs.some((their) =>
    ours.some((our) => our === their || our.startsWith(`${their}.`) || our.startsWith(`${their}[`) || their.startsWith(`${our}.`)),
  );

/** Every change at every schema, once: many places of the samples share a schema. */
function bendSamples(samples: readonly Sample[]): { title: string; object: SampleObject }[] {
  const seen = new Map<unknown, Set<string>>();
  const isNew = (schema: unknown, what: string): boolean => {
    const known = seen.get(schema) ?? new Set();
    seen.set(schema, known);
    return known.size < known.add(what).size;
  };
  return samples.flatMap(({ name, object }) =>
    mutateSample(KINDS[object.kind as Kind].spec, object.spec)
      .filter(({ schema, what }) => isNew(schema, what))
      .map(({ path, what, value }) => ({ title: `${name} ${path.join('.')} ${what}`, object: { ...object, spec: value } })),
  );
}

async function eachAtOnce<T>(items: readonly T[], count: number, run: (item: T) => Promise<void>): Promise<void> {
  let next = 0;
  const work = async () => {
    for (let item = items[next++]; item !== undefined; item = items[next++]) await run(item);
  };
  await Promise.all(Array.from({ length: count }, work));
}
