import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { selfSignedCertificate } from '../../../../test/harness/certificate.ts';
import { createConfigFolder } from './load.fixture.ts';

const folder = createConfigFolder();
afterAll(folder.close);
const { cert } = selfSignedCertificate();
writeFileSync(join(folder.path, 'ca.pem'), cert);
writeFileSync(join(folder.path, 'torn.pem'), '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n');
const tlsOf = (text: string, env = {}) => folder.configOf(`redis: rediss://h\n${text}`, env).redis?.tls;

describe('the certificate of Redis', () => {
  it('is verified unless told, by the file that is named', () => {
    expect([tlsOf(''), tlsOf('redis_tls: verify')]).toEqual([undefined, undefined]);
    expect(tlsOf('redis_tls: unverified')).toEqual({ verified: false, ca: null });
    expect(tlsOf('redis_tls: verify', { REDIS_TLS: 'unverified' })).toEqual({ verified: false, ca: null });
    expect(tlsOf('redis_ca_file: ca.pem')).toEqual({ verified: true, ca: cert.trimEnd() });
  });

  it.each([
    ['redis_tls: off', /^redis_tls: must be .*verify.*unverified/],
    ['redis_ca_file: none.pem', /^redis_ca_file: .*none\.pem does not exist/],
    ['redis_ca_file: secret', /^redis_ca_file: .*secret must hold certificates in PEM form/],
    ['redis_ca_file: torn.pem', /^redis_ca_file: .*torn\.pem has a certificate that cannot be read, number 1/],
    ['redis_tls: unverified\nredis_ca_file: ca.pem', /^redis_ca_file: does nothing with redis_tls: unverified/],
  ])('faults %s', (text, fault) => {
    expect(folder.faultsOf(`redis: rediss://h\n${text}`)).toEqual([expect.stringMatching(fault)]);
  });

  it('is no matter of a Redis without TLS', () => {
    expect(folder.warningsOf('redis: h:1\nredis_tls: unverified\nredis_ca_file: ca.pem')).toEqual([
      'redis_tls: does nothing: redis is not a rediss:// URL (config.yaml:2)',
      'redis_ca_file: does nothing: redis is not a rediss:// URL (config.yaml:3)',
    ]);
  });
});
