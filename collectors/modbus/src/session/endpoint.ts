/** Where to dial. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** `host:port`, with brackets around an IPv6 address. */
export const formatEndpoint = ({ host, port }: Endpoint): string => (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`);

/** Why a connection is not there: a constant for programs, a text for people. */
export interface LinkFailure {
  readonly reason: string;
  readonly message: string;
}

const REASONS: Readonly<Record<string, readonly [reason: string, text: string]>> = {
  ECONNREFUSED: ['ConnectionRefused', 'refuses the connection: is the port right and the server on?'],
  EHOSTUNREACH: ['HostUnreachable', 'cannot be reached: check address, network and firewall'],
  ENETUNREACH: ['HostUnreachable', 'cannot be reached: check address, network and firewall'],
  ENOTFOUND: ['NameNotResolved', 'has no address: check the host name and DNS'],
  EAI_AGAIN: ['NameNotResolved', 'has no address: DNS does not answer'],
  ETIMEDOUT: ['ConnectTimeout', 'does not answer: check address, network and firewall'],
  ECONNRESET: ['ConnectionLost', 'closed the connection'],
  EPIPE: ['ConnectionLost', 'closed the connection'],
};

/** What a socket error means for the device behind it. */
export function toLinkFailure(endpoint: Endpoint, code: string | undefined): LinkFailure {
  const [reason, text] = REASONS[code ?? ''] ?? ['ConnectionLost', `failed (${code ?? 'closed'})`];
  return { reason, message: `${formatEndpoint(endpoint)} ${text}` };
}
