import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { selfSignedCertificate } from '../../../../test/harness/certificate.ts';

/** A CA that nobody trusts, and what it vouches for: itself, as 127.0.0.1 and `api.test`. Path, PEM. */
export interface CertificatesForTests {
  readonly caFile: string;
  readonly key: string;
  readonly cert: string;
  remove(): void;
}

export function makeCertificates(): CertificatesForTests {
  const folder = mkdtempSync(join(tmpdir(), 'agent-certificates-'));
  const caFile = join(folder, 'ca.pem');
  const { key, cert } = selfSignedCertificate(['api.test']);
  writeFileSync(caFile, cert);
  return { caFile, key, cert, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
