import { existsSync, mkdtempSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** A Pod, as far as it is carried out: one container, volumes of ConfigMaps, Secrets and empty folders. */
export interface Pod {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: {
    readonly containers: readonly [
      {
        readonly image: string;
        readonly env: readonly { readonly name: string; readonly value?: string; readonly valueFrom?: FieldRef }[];
        readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
      },
    ];
    readonly volumes: readonly {
      readonly name: string;
      readonly projected?: { readonly sources: readonly { readonly configMap: { readonly name: string } }[] };
      readonly secret?: { readonly secretName: string };
    }[];
  };
}

interface FieldRef {
  readonly fieldRef: { readonly fieldPath: string };
}

/** Variables of the container; what is mounted lies below `folder`, a folder for each volume. */
export function envOf({ metadata, spec }: Pod, folder: string): Record<string, string> {
  const [{ env, volumeMounts }] = spec.containers;
  const local = (value: string): string => {
    const mount = volumeMounts.find(({ mountPath }) => value === mountPath || value.startsWith(`${mountPath}/`));
    return mount === undefined ? value : join(folder, mount.name, value.slice(mount.mountPath.length));
  };
  return Object.fromEntries(
    env.map(({ name, value = '', valueFrom }) => {
      if (valueFrom !== undefined && valueFrom.fieldRef.fieldPath !== 'metadata.name')
        throw new Error(`${name}: only the name of a Pod is known here, not ${valueFrom.fieldRef.fieldPath}`);
      return [name, valueFrom === undefined ? local(value) : metadata.name];
    }),
  );
}

/** Change all files of a volume in one step, as a kubelet does: `..data` is a link to a folder with the files of one version. */
export function writeVolume(folder: string, files: ReadonlyMap<string, Uint8Array>): void {
  const version = basename(mkdtempSync(`${folder}/..`));
  for (const [name, content] of files) writeFileSync(join(folder, version, name), content);
  symlinkSync(version, join(folder, '..data_new'));
  renameSync(join(folder, '..data_new'), join(folder, '..data'));
  for (const name of files.keys()) if (!existsSync(join(folder, name))) symlinkSync(join('..data', name), join(folder, name));
}
