import { X509Certificate } from 'node:crypto';

/**
 * What is wrong with a file of certificates in PEM form, said of the file; null: nothing. TLS itself passes over what
 * it cannot read, and then trusts nothing without saying why.
 */
export function faultOfCertificates(pem: string): string | null {
  const certificates = pem.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g);
  if (certificates === null) return 'must hold certificates in PEM form (-----BEGIN CERTIFICATE-----)';
  for (const [index, certificate] of certificates.entries()) {
    try {
      new X509Certificate(certificate);
    } catch (error) {
      return `has a certificate that cannot be read, number ${index + 1} (${error instanceof Error ? error.message : 'unknown error'})`;
    }
  }
  return null;
}
