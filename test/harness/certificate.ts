/** A TLS certificate for tests, made without a program that the machine may lack. */
import { generateKeyPairSync, sign } from 'node:crypto';

/** ASN.1 tags of DER (ITU-T X.690). */
const tag = { boolean: 0x01, integer: 0x02, bits: 0x03, octets: 0x04, oid: 0x06, utf8: 0x0c, time: 0x17 } as const;
const sequenceTag = 0x30;
const setTag = 0x31;
const contextTag = (number: number) => 0xa0 + number;

const ecdsaWithSha256 = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];
const commonName = [0x55, 0x04, 0x03];
const subjectAltName = [0x55, 0x1d, 0x11];
const basicConstraints = [0x55, 0x1d, 0x13];

/**
 * A certificate for 127.0.0.1 and these names that signs itself (X.509 version 3, RFC 5280), as PEM: valid for whoever
 * trusts it as its own authority, and for nobody else.
 */
export function selfSignedCertificate(dnsNames: readonly string[] = []): { key: string; cert: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const algorithm = sequence(der(tag.oid, ecdsaWithSha256));
  const name = sequence(der(setTag, sequence(der(tag.oid, commonName), der(tag.utf8, Buffer.from('a test')))));
  const day = 86_400_000;
  const tbs = sequence(
    der(contextTag(0), der(tag.integer, [2])),
    der(tag.integer, [1]),
    algorithm,
    name,
    sequence(utcTime(Date.now() - day), utcTime(Date.now() + day)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(
      contextTag(3),
      sequence(
        extension(basicConstraints, sequence(der(tag.boolean, [0xff]))),
        extension(
          subjectAltName,
          sequence(der(0x87, [127, 0, 0, 1]), ...dnsNames.map((name) => der(0x82, Buffer.from(name)))),
        ),
      ),
    ),
  );
  const signature = sign('sha256', tbs, privateKey);
  const certificate = sequence(tbs, algorithm, der(tag.bits, [0], signature));
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? [];
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n'),
  };
}

function der(type: number, ...contents: (Uint8Array | readonly number[])[]): Buffer {
  const content = Buffer.concat(contents.map((part) => Buffer.from(part)));
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.from([type, length]), content]);
  const size = length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([type, ...size]), content]);
}

function sequence(...contents: Buffer[]): Buffer {
  return der(sequenceTag, ...contents);
}

function extension(oid: readonly number[], value: Buffer): Buffer {
  return sequence(der(tag.oid, oid), der(tag.octets, value));
}

/** `YYMMDDHHMMSSZ` */
function utcTime(ms: number): Buffer {
  return der(tag.time, Buffer.from(`${new Date(ms).toISOString().slice(2, 19).replace(/[-:T]/g, '')}Z`));
}
