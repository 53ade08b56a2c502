import { isIP } from 'node:net';

/** A Service of the cluster, as far as a NetworkPolicy needs it: policies see pods, not Services. */
export interface ServiceView {
  readonly selector: Readonly<Record<string, string>>;
  readonly ports: readonly { readonly port: number; readonly targetPort?: number | string }[];
}

/** Looks a Service up; undefined: there is none, or it has no pods of its own. */
export type FindService = (namespace: string, name: string) => ServiceView | undefined;

/** Who may be reached, at which ports. */
export interface EgressRule {
  readonly to?: readonly object[];
  readonly ports: readonly { readonly port: number | string; readonly protocol: 'TCP' | 'UDP' }[];
}

/** What an endpoint opens; `by-port`: nothing is known of the address, so the port is open to all. */
export interface EgressResult {
  readonly rule: EgressRule;
  readonly kind: 'address' | 'service' | 'network' | 'by-port';
}

const SERVICE = /^([a-z0-9-]+)\.([a-z0-9-]+)\.svc(\..*)?$/;

/** Open one endpoint. The operator resolves no names: what they stand for changes behind its back. */
export function egressFor(
  { host, port }: { readonly host: string; readonly port: number },
  { findService, networks }: { readonly findService: FindService; readonly networks: readonly string[] },
): EgressResult {
  const ports = [{ port, protocol: 'TCP' as const }];
  const version = isIP(host);
  if (version !== 0) return { kind: 'address', rule: { to: [{ ipBlock: { cidr: `${host}/${version === 4 ? 32 : 128}` } }], ports } };
  const [, name, namespace] = SERVICE.exec(host.toLowerCase()) ?? [];
  const service = name === undefined || namespace === undefined ? undefined : findService(namespace, name);
  if (service !== undefined) {
    const peer = {
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
      podSelector: { matchLabels: service.selector },
    };
    const targetPort = service.ports.find((item) => item.port === port)?.targetPort ?? port;
    return { kind: 'service', rule: { to: [peer], ports: [{ port: targetPort, protocol: 'TCP' }] } };
  }
  if (networks.length > 0) return { kind: 'network', rule: { to: networks.map((cidr) => ({ ipBlock: { cidr } })), ports } };
  return { kind: 'by-port', rule: { ports } };
}

/** `namespace/name` of the Service a host name may stand for. */
export function serviceOf(host: string): { readonly namespace: string; readonly name: string } | undefined {
  const [, name, namespace] = SERVICE.exec(host.toLowerCase()) ?? [];
  return name === undefined || namespace === undefined ? undefined : { namespace, name };
}
