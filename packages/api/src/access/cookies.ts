/** The two cookies: who is signed in, and that somebody has signed in here before. */
import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import type { CookieOptions } from 'hono/utils/cookie';
import type { AppEnv } from '../http/bindings.ts';
import type { ClientOf } from '../http/client.ts';
import type { Signer } from './signer.ts';

const sessionCookie = 'healthapp_session';
const browserCookie = 'healthapp_browser';
/** Browsers keep none for longer (RFC 6265bis). */
const longestS = 400 * 86_400;

/** A browser in which this user has signed in before. */
export interface KnownBrowser {
  readonly user: string;
  /** Random: what its attempts are counted by. */
  readonly mark: string;
}

export interface Cookies {
  readSession(c: Context<AppEnv>): string | null;
  /** @param forMs for how long the browser keeps it. */
  writeSession(c: Context<AppEnv>, secret: string, forMs: number): void;
  clearSession(c: Context<AppEnv>): void;
  readBrowser(c: Context<AppEnv>): KnownBrowser | null;
  writeBrowser(c: Context<AppEnv>, browser: KnownBrowser): void;
}

/** @param publicHttps whether people open HealthApp by https, even if nobody tells us that the proxy speaks it. */
export function createCookies(signer: Signer, clientOf: ClientOf, publicHttps: boolean): Cookies {
  /** Behind TLS also the `__Host-` prefix: no sister site can plant such a cookie. */
  function options(c: Context<AppEnv>, seconds: number): CookieOptions {
    const maxAge = Math.min(longestS, Math.floor(seconds));
    const plain = { path: '/', httpOnly: true, sameSite: 'Lax', maxAge } as const;
    return isSecure(c) ? { ...plain, secure: true, prefix: 'host' } : plain;
  }
  function read(c: Context<AppEnv>, name: string): string {
    return (isSecure(c) ? getCookie(c, name, 'host') : getCookie(c, name)) ?? '';
  }
  function isSecure(c: Context<AppEnv>): boolean {
    return publicHttps || clientOf(c.env.incoming).secure;
  }

  return {
    readSession(c) {
      return signer.open('session', read(c, sessionCookie));
    },
    writeSession(c, secret, forMs) {
      setCookie(c, sessionCookie, signer.sign('session', secret), options(c, forMs / 1000));
    },
    clearSession(c) {
      deleteCookie(c, sessionCookie, options(c, 0));
    },
    readBrowser(c) {
      const [mark, user, ...more] = signer.open('browser', read(c, browserCookie))?.split(' ') ?? [];
      return mark === undefined || user === undefined || more.length > 0 ? null : { mark, user };
    },
    writeBrowser(c, { mark, user }) {
      const value = signer.sign('browser', `${mark} ${user}`);
      setCookie(c, browserCookie, value, options(c, longestS));
    },
  };
}
