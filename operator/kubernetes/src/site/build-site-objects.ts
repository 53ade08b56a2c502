import { NAME_LABEL, SITE_LABEL, siteLabels } from './labels.ts';

/** ServiceAccount of the collectors of a site. */
export const collectorAccount = (site: string): string => `${site}-collector`;

/** An identity without a token: collectors never talk to the Kubernetes API. */
export const buildServiceAccount = (namespace: string, site: string) =>
  ({
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: collectorAccount(site), namespace, labels: siteLabels(site) },
    automountServiceAccountToken: false,
  }) as const;

/** Nodes are drained one collector of a site at a time. */
export const buildDisruptionBudget = (namespace: string, site: string) =>
  ({
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: `${site}-collectors`, namespace, labels: siteLabels(site) },
    spec: { maxUnavailable: 1, selector: { matchLabels: { [SITE_LABEL]: site, [NAME_LABEL]: 'collector' } } },
  }) as const;
