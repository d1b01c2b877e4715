import { readFileSync } from 'node:fs';
import * as tls from 'node:tls';
import { faultOfCertificates } from '@healthapp/shared/config/certificates';
import { errorText, UsageError } from '@healthapp/shared/runtime/errors';

/** Where distributions keep the roots that an administrator has installed (`update-ca-certificates`). */
const systemBundles = ['/etc/ssl/certs/ca-certificates.crt', '/etc/pki/tls/certs/ca-bundle.crt', '/etc/ssl/cert.pem'];

/**
 * What TLS trusts: the certificates of `agent.ca_file` besides the usual roots. Node replaces its
 * roots, `NODE_EXTRA_CA_CERTS` included, by whatever is given, so all are given here again.
 * @returns null when no file is configured: then Node's own roots hold, and cost nothing.
 * @throws UsageError when the file cannot be read or holds no certificate.
 */
export function trusting(caFile: string | null, env: NodeJS.ProcessEnv): tls.SecureContext | null {
  if (caFile === null) return null;
  const own = readCertificates(caFile);
  const extra = env.NODE_EXTRA_CA_CERTS === undefined ? undefined : readIfThere(env.NODE_EXTRA_CA_CERTS);
  const system = [env.SSL_CERT_FILE ?? '', ...systemBundles].map(readIfThere).find((text) => text !== undefined);
  const roots = [...tls.rootCertificates, extra, system].filter((text) => text !== undefined);
  return tls.createSecureContext({ ca: [...roots, own] });
}

function readCertificates(caFile: string): string {
  let text: string;
  try {
    text = readFileSync(caFile, 'utf8');
  } catch (error) {
    throw new UsageError(`agent.ca_file cannot be read: ${errorText(error)}`);
  }
  const fault = faultOfCertificates(text);
  if (fault !== null) throw new UsageError(`agent.ca_file ${caFile} ${fault}`);
  return text;
}

function readIfThere(file: string): string | undefined {
  try {
    const text = readFileSync(file, 'utf8');
    return text.includes('-----BEGIN CERTIFICATE-----') ? text : undefined;
  } catch {
    return undefined;
  }
}
