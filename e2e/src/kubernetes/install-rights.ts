import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import type { KubeApi } from './kube-api.ts';

const MANIFEST = new URL('../../../operator/kubernetes/generated/install.yaml', import.meta.url);

/** Apply the manifest that ships: the operator's namespace, ServiceAccount and rights. */
export async function installRights(admin: KubeApi): Promise<void> {
  for (const document of parseAllDocuments(readFileSync(MANIFEST, 'utf8'))) {
    const object = document.toJS() as { kind: string; apiVersion: string; metadata: { name: string; namespace?: string } }; // ours
    const plural = `${object.kind.toLowerCase()}s`;
    const root = object.apiVersion === 'v1' ? '/api/v1' : `/apis/${object.apiVersion}`;
    const scope = object.metadata.namespace === undefined ? '' : `/namespaces/${object.metadata.namespace}`;
    const path = `${root}${scope}/${plural}/${object.metadata.name}`;
    await admin.must('PATCH', `${path}?fieldManager=test&force=true`, object, 'application/apply-patch+yaml');
  }
}
