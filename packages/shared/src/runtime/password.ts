/** Passwords at rest: scrypt (RFC 7914), whose cost in memory makes guessing a stolen hash dear. */
import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';

/** OWASP's Password Storage Cheat Sheet: N=2^15, r=8, p=3, which takes 32 MiB. */
const cost = { ln: 15, r: 8, p: 3 };
const saltBytes = 16;
const hashBytes = 32;

const shortestPassword = 8;
/** Longer texts are no passwords, but somebody's attempt to keep us busy. */
const longestPassword = 1024;

/** Why a text may not become a password; null when it may. NIST SP 800-63B: length counts, composition does not. */
export function passwordFault(password: string): string | null {
  if ([...password].length < shortestPassword) return `must have at least ${shortestPassword} characters`;
  return password.length > longestPassword ? `must have at most ${longestPassword} characters` : null;
}

/** @returns the hash with its parameters, as `$scrypt$ln=15,r=8,p=3$salt$hash` (the PHC string format). */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(saltBytes);
  const { ln, r, p } = cost;
  return phcText(ln, r, p, salt, await derive(password, salt, ln, r, p));
}

function phcText(ln: number, r: number, p: number, salt: Buffer, hash: Buffer): string {
  return `$scrypt$ln=${ln},r=${r},p=${p}$${salt.toString('base64')}$${hash.toString('base64')}`;
}

/** What an unknown user's password is compared with: the same work, and never the same. */
const nobodysHash = phcText(cost.ln, cost.r, cost.p, Buffer.alloc(saltBytes), Buffer.alloc(hashBytes));

/** @param stored as `hashPassword` made it; null when there is no such user, which takes as long and is false. */
async function isPassword(password: string, stored: string | null): Promise<boolean> {
  const match = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,3}),p=(\d{1,3})\$([^$]+)\$([^$]+)$/.exec(stored ?? nobodysHash);
  if (match === null) return false;
  const [, ln, r, p, salt = '', hash = ''] = match;
  const right = Buffer.from(hash, 'base64');
  const given = await derive(password, Buffer.from(salt, 'base64'), Number(ln), Number(r), Number(p));
  return right.length === given.length && timingSafeEqual(right, given) && stored !== null;
}

/** The same password typed on another keyboard may be other code points: RFC 8265 compares in a normal form. */
function derive(password: string, salt: Buffer, ln: number, r: number, p: number): Promise<Buffer> {
  const options: ScryptOptions = { N: 2 ** ln, r, p, maxmem: 256 * 2 ** ln * r };
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, hashBytes, options, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}

export interface PasswordChecker {
  /** @returns `busy` at once when too many wait already: try again in a moment. */
  check(password: string, stored: string | null): Promise<'right' | 'wrong' | 'busy'>;
}

/**
 * @param parallel how many are worked on at once, in threads of their own, and @param waiting how many may stand
 *   behind: a storm of sign-ins must leave the processors to what else this process does.
 */
export function createPasswordChecker(parallel: number, waiting: number): PasswordChecker {
  let working = 0;
  const queue: (() => void)[] = [];

  async function turn(): Promise<void> {
    if (working >= parallel) await new Promise<void>((resolve) => queue.push(resolve));
    else working += 1;
  }
  function done(): void {
    const next = queue.shift();
    // The place passes on: `working` stays as it is.
    if (next === undefined) working -= 1;
    else next();
  }

  return {
    async check(password, stored) {
      if (password.length > longestPassword) return 'wrong';
      if (working >= parallel && queue.length >= waiting) return 'busy';
      await turn();
      try {
        return (await isPassword(password, stored)) ? 'right' : 'wrong';
      } finally {
        done();
      }
    },
  };
}
