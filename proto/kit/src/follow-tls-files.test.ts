import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createAuthority, issueCertificate, type KeyPair } from './certificates.ts';
import { type FollowedTls, followTlsFiles } from './follow-tls-files.ts';
import { serverCredentials } from './grpc.ts';
import { type GrpcServer, startGrpcServer } from './start-grpc-server.ts';

const SECONDS = 1 / 86_400;
const log = { info: () => undefined, warn: vi.fn() };
const names = { dnsNames: ['localhost'], ipAddresses: ['127.0.0.1'], uris: ['kubeplant:api'] };

let folder: string;
let authority: KeyPair;
let tls: FollowedTls;
let server: GrpcServer;

const files = () => ({ certFile: join(folder, 'cert.pem'), keyFile: join(folder, 'key.pem'), caFile: join(folder, 'ca.pem') });

async function issue(days: number, from = authority): Promise<KeyPair> {
  return issueCertificate({ authority: from, commonName: 'api', ...names, days, server: true, client: true });
}

function write({ certPem, keyPem }: KeyPair, ca = authority): void {
  const { certFile, keyFile, caFile } = files();
  writeFileSync(certFile, certPem);
  writeFileSync(keyFile, keyPem);
  writeFileSync(caFile, ca.certPem);
}

/** The server's certificate as a new client sees it; rejects when it is not trusted or the client is refused. */
function greet(shown: KeyPair, ca = authority): Promise<X509Certificate> {
  return new Promise((resolve, reject) => {
    const socket: TLSSocket = connect({
      host: '127.0.0.1',
      port: server.port,
      ca: ca.certPem,
      cert: shown.certPem,
      key: shown.keyPem,
      ALPNProtocols: ['h2'],
    });
    socket.on('error', reject);
    socket.once('close', () => reject(new Error('refused')));
    // The server's settings come once it has taken the client's certificate.
    socket.once('data', () => {
      resolve(new X509Certificate(socket.getPeerCertificate().raw));
      socket.destroy();
    });
  });
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kp-tls-'));
  authority = await createAuthority({ commonName: 'test', days: 30 });
  write(await issue(4 * SECONDS));
  tls = followTlsFiles(files(), log, 10);
  server = await startGrpcServer({
    host: '127.0.0.1',
    port: 0,
    credentials: serverCredentials({ ...tls, requireClient: true }),
    services: [],
  });
});
afterEach(async () => {
  tls.close();
  await server.close(0);
  rmSync(folder, { recursive: true });
});

describe('a server whose certificate files are followed', () => {
  it('shows the new certificate after the old one has ended, without a restart', async () => {
    const client = await issue(1);
    const first = await greet(client);
    await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(first.validToDate.getTime()), 6000);
    await expect(greet(client)).rejects.toThrow('certificate has expired');
    write(await issue(1));
    await vi.waitFor(async () => expect((await greet(client)).serialNumber).not.toBe(first.serialNumber), 2000);
  });

  it('believes a new authority, and the old one no more', async () => {
    const next = await createAuthority({ commonName: 'test 2', days: 30 });
    write(await issue(1, next), next);
    const client = await issue(1, next);
    await vi.waitFor(() => greet(client, next), 2000);
    await expect(greet(await issue(1), next)).rejects.toThrow();
  });

  it('keeps what it has while a key does not fit its certificate, and says so once', async () => {
    const client = await issue(1);
    const before = (await greet(client)).serialNumber;
    log.warn.mockClear();
    writeFileSync(files().keyFile, (await issue(1)).keyPem);
    await vi.waitFor(() => expect(log.warn).toHaveBeenCalledTimes(1));
    expect((await greet(client)).serialNumber).toBe(before);
    rmSync(files().certFile);
    await vi.waitFor(() => expect(log.warn).toHaveBeenCalledTimes(2));
    expect(log.warn.mock.calls[1]?.[0]).toMatchObject({ reason: expect.stringContaining('cert.pem cannot be read (ENOENT)') });
    expect((await greet(client)).serialNumber).toBe(before);
  });
});

it('files that cannot be taken at the start are named with what to do', () => {
  rmSync(files().keyFile);
  expect(() => followTlsFiles(files(), log)).toThrow(/key\.pem cannot be read \(ENOENT\): it must be a PEM file that this user may read/);
  writeFileSync(files().keyFile, 'nonsense');
  expect(() => followTlsFiles(files(), log)).toThrow(/cert\.pem and .*key\.pem do not fit together/);
});
