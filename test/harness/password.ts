import { randomBytes, scryptSync } from 'node:crypto';

/** A password's hash in the stored form, of parameters so weak that a test of many sign-ins does not wait for them. */
export function cheapHash(password: string): string {
  const salt = randomBytes(16);
  const hash = scryptSync(password, salt, 32, { N: 16, r: 8, p: 1 });
  return `$scrypt$ln=4,r=8,p=1$${salt.toString('base64')}$${hash.toString('base64')}`;
}
