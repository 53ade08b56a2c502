import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAuthority, createLogger } from '@kubeplant/kit';
import { expect, it, vi } from 'vitest';
import { createClientTls } from './client-tls.ts';
import { issueOperatorCertificate } from './cluster-keys.ts';

const authority = await createAuthority({ commonName: 'test', days: 1 });
const log = createLogger({ name: 'test', level: 'silent' });
const none = { certFile: undefined, keyFile: undefined, caPem: authority.certPem, authority: undefined, log };

it('a certificate of the operator’s own authority is issued anew while it runs', async () => {
  const tls = await createClientTls({ ...none, authority }, 20);
  const first = tls();
  expect(new X509Certificate(first.certPem).subjectAltName).toBe('URI:kubeplant:operator');
  await vi.waitFor(() => expect(tls().certPem).not.toBe(first.certPem));
  expect(tls()).toMatchObject({ caPem: authority.certPem });
});

it('a certificate from files is taken, and one file without the other is refused', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kp-client-tls-'));
  const [certFile, keyFile] = [join(folder, 'cert'), join(folder, 'key')];
  const keys = await issueOperatorCertificate(authority);
  writeFileSync(certFile, keys.certPem);
  writeFileSync(keyFile, keys.keyPem);
  expect((await createClientTls({ ...none, certFile, keyFile }))()).toEqual({ ...keys, caPem: authority.certPem });
  await expect(createClientTls({ ...none, certFile, authority })).rejects.toThrow('go together: set both or none');
  rmSync(folder, { recursive: true });
});
