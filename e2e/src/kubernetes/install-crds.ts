import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';
import type { KubeApi } from './kube-api.ts';

const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

/** Apply the committed CRDs and wait until the API server serves them. */
export async function installCrds(api: KubeApi): Promise<void> {
  const file = fileURLToPath(new URL('../../../crds/generated/kubeplant-crds.yaml', import.meta.url));
  const crds = parseAllDocuments(readFileSync(file, 'utf8')).map((document) => document.toJS());
  await Promise.all(
    crds.map(async (crd) => {
      const path = `${CRDS}/${crd.metadata.name}`;
      await api.must('PATCH', `${path}?fieldManager=kubeplant-tests&force=true`, crd, 'application/apply-patch+yaml');
      await waitEstablished(api, path);
    }),
  );
}

async function waitEstablished(api: KubeApi, path: string): Promise<void> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const crd = await api.must('GET', path);
    const conditions: readonly { type: string; status: string; message: string }[] = crd.status?.conditions ?? [];
    const refused = conditions.find(
      ({ type, status }) => (type === 'NonStructuralSchema' && status === 'True') || (type === 'NamesAccepted' && status === 'False'),
    );
    if (refused) throw new Error(`${crd.metadata.name}: ${refused.message}`);
    const established = conditions.some(({ type, status }) => type === 'Established' && status === 'True');
    // The list answers 404 until the handler is in place.
    const list = `/apis/${crd.spec.group}/${crd.spec.versions[0].name}/${crd.spec.names.plural}?limit=1`;
    if (established && (await api.request('GET', list)).status === 200) return;
    if (Date.now() > deadline) throw new Error(`${crd.metadata.name} was not established within 20 s: ${JSON.stringify(conditions)}`);
    await sleep(50);
  }
}
