import type { PeerCertificate } from 'node:tls';

/** What is needed of a server call. */
interface AuthenticatedCall {
  getAuthContext(): { readonly sslPeerCertificate?: PeerCertificate };
}

/** URI subject alternative names of the caller's certificate (checked by TLS already); empty without one. */
export function peerUris(call: AuthenticatedCall): readonly string[] {
  const names = call.getAuthContext().sslPeerCertificate?.subjectaltname ?? '';
  return names
    .split(', ')
    .filter((name) => name.startsWith('URI:'))
    .map((name) => name.slice('URI:'.length));
}
