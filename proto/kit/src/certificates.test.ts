import { X509Certificate } from 'node:crypto';
import { connect, createServer } from 'node:tls';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { createAuthority, issueCertificate } from './certificates.ts';
import { peerUris } from './peer-uris.ts';

describe('issueCertificate', () => {
  it('issues what TLS accepts, for the names and addresses it was asked for', async () => {
    const authority = await createAuthority({ commonName: 'test', days: 1 });
    const server = await issueCertificate({
      authority,
      commonName: 'api',
      dnsNames: ['localhost'],
      ipAddresses: ['127.0.0.1', '::1'],
      days: 1,
    });
    const client = await issueCertificate({ authority, commonName: 'operator', uris: ['kubeplant:operator'], days: 1, client: true });
    const seen: (string | undefined)[] = [];
    const listener = createServer({ cert: server.certPem, key: server.keyPem, ca: authority.certPem, requestCert: true }, (socket) => {
      seen.push(socket.getPeerCertificate().subjectaltname);
      socket.end('done');
    });
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    const { port } = listener.address() as AddressInfo;
    const socket = connect({
      host: '127.0.0.1',
      port,
      servername: 'localhost',
      ca: authority.certPem,
      cert: client.certPem,
      key: client.keyPem,
    });
    await new Promise((resolve, reject) => socket.on('data', resolve).on('error', reject));
    expect(socket.authorized).toBe(true);
    expect(peerUris({ getAuthContext: () => ({ sslPeerCertificate: { subjectaltname: seen[0] } as never }) })).toEqual([
      'kubeplant:operator',
    ]);
    socket.destroy();
    await new Promise((resolve) => listener.close(resolve));
  });

  it('never outlives its authority and is signed by it', async () => {
    const authority = await createAuthority({ commonName: 'test', days: 2 });
    const issued = await issueCertificate({ authority, commonName: 'x', days: 90 });
    const certificate = new X509Certificate(issued.certPem);
    const issuer = new X509Certificate(authority.certPem);
    expect(certificate.verify(issuer.publicKey)).toBe(true);
    expect(certificate.checkIssued(issuer)).toBe(true);
    expect(certificate.validToDate.getTime()).toBeLessThanOrEqual(issuer.validToDate.getTime());
    expect(issuer.ca).toBe(true);
    expect(certificate.ca).toBe(false);
  });
});
