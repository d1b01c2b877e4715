import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A CA that nobody trusts, and a server's certificate from it for 127.0.0.1 and `api.test`. Paths, PEM. */
export interface CertificatesForTests {
  readonly caFile: string;
  readonly key: string;
  readonly cert: string;
  remove(): void;
}

export function makeCertificates(): CertificatesForTests {
  const folder = mkdtempSync(join(tmpdir(), 'agent-certificates-'));
  const file = (name: string) => join(folder, name);
  const openssl = (...parameters: string[]) => execFileSync('openssl', parameters, { stdio: 'pipe' });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-sha256'];
  openssl(
    'req',
    '-x509',
    ...newKey,
    '-days',
    '2',
    '-subj',
    '/CN=CA for tests',
    '-keyout',
    file('ca.key'),
    '-out',
    file('ca.pem'),
  );
  openssl('req', ...newKey, '-subj', '/CN=api.test', '-keyout', file('api.key'), '-out', file('api.csr'));
  writeFileSync(file('names'), 'subjectAltName=IP:127.0.0.1,DNS:api.test\n');
  openssl(
    'x509',
    '-req',
    '-in',
    file('api.csr'),
    '-CA',
    file('ca.pem'),
    '-CAkey',
    file('ca.key'),
    '-CAcreateserial',
    '-days',
    '2',
    '-extfile',
    file('names'),
    '-out',
    file('api.pem'),
  );
  return {
    caFile: file('ca.pem'),
    key: readFileSync(file('api.key'), 'utf8'),
    cert: readFileSync(file('api.pem'), 'utf8'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
