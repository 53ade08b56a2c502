import type { Rig } from './rig.ts';

interface Devices {
  readonly items: readonly { readonly name: string; readonly collectors?: readonly { readonly problem?: string }[] }[];
}

/** What is the matter with the collector, as the api shows it; '' when nothing is, undefined when the api does not answer. */
export async function collectorProblem({ http }: Pick<Rig, 'http'>): Promise<string | undefined> {
  try {
    const response = await fetch(`${http.url}/api/v1/devices`, {
      headers: { authorization: `Bearer ${http.token}` },
      signal: AbortSignal.timeout(2000),
    });
    const { items } = (await response.json()) as Devices;
    return items.find(({ name }) => name === 'counter')?.collectors?.[0]?.problem ?? '';
  } catch {
    return undefined;
  }
}
