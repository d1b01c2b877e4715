/** Signing in and out, and one's own account. */
import { randomBytes } from 'node:crypto';
import type { Config } from '@healthapp/shared/config/config';
import { beginSession, endSession } from '@healthapp/shared/redis/sessions';
import { changePassword, endSessionsOf, findUser, type User } from '@healthapp/shared/redis/users';
import { hashPassword, type PasswordChecker, passwordFault } from '@healthapp/shared/runtime/password';
import { credentials, passwordChange, type SessionView, sessionView } from '@healthapp/shared/wire/access';
import { createRoute } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { Cookies } from '../access/cookies.ts';
import type { Auditor } from '../auditor.ts';
import type { AppEnv } from '../http/bindings.ts';
import { addressBlock, type ClientOf } from '../http/client.ts';
import type { Identity } from '../http/identity.ts';
import { HttpProblem } from '../http/problem.ts';
import type { Partitions } from '../partitions.ts';
import { type SignInAttempt, signIn } from '../verbs/sign-in.ts';
import { answering, createOpenApiApp } from './reading.ts';

export interface SessionDeps {
  readonly auth: Config['auth'];
  readonly partitions: Partitions;
  readonly auditor: Auditor;
  readonly cookies: Cookies;
  readonly clientOf: ClientOf;
  readonly checker: PasswordChecker;
  /** Wall clock, ms since 1970. */
  readonly now: () => number;
}

const done = { 204: { description: 'done' } };
const tryAgainAfterS = 2;

export function sessionRoutes(deps: SessionDeps) {
  const { auth, partitions, auditor, cookies, clientOf, now } = deps;

  /** @throws HttpProblem when the attempt is not to be, or was not right. */
  async function checked(attempt: SignInAttempt) {
    const outcome = await signIn(partitions, deps.checker, attempt);
    switch (outcome.kind) {
      case 'signed-in':
        return outcome.user;
      case 'refused':
        throw new HttpProblem(401, 'the user or the password is wrong');
      case 'limited': {
        const retryAfterS = Math.ceil(outcome.forMs / 1000);
        throw new HttpProblem(429, `too many wrong passwords: try again in ${Math.ceil(retryAfterS / 60)} min`, {
          retryAfterS,
        });
      }
      case 'busy':
        throw new HttpProblem(503, 'too many are signing in just now: try again in a moment', {
          retryAfterS: tryAgainAfterS,
        });
      default: {
        const unhandled: never = outcome;
        return unhandled;
      }
    }
  }

  function attemptOf(c: Context<AppEnv>, user: string, password: string): SignInAttempt {
    const { address } = clientOf(c.env.incoming);
    const browser = cookies.readBrowser(c);
    const browserMark = browser !== null && browser.user === user ? browser.mark : null;
    return { user, password, addressBlock: addressBlock(address), from: address, browserMark };
  }

  /** @param user as it was when its password was looked at: one that changed meanwhile makes the session void. */
  async function begin(c: Context<AppEnv>, user: User): Promise<void> {
    const secret = await beginSession(partitions.first(), user, auth, now());
    cookies.writeSession(c, secret, auth.sessionAbsoluteMs);
  }

  return createOpenApiApp()
    .openapi(
      createRoute({
        method: 'post',
        path: '/api/v1/session',
        summary: 'Sign in: sets a cookie that the other calls need, unless they carry an API token',
        request: { body: { content: { 'application/json': { schema: credentials } }, required: true } },
        responses: done,
      }),
      async (c) => {
        if (auth.mode === 'none') throw new HttpProblem(409, 'nobody signs in here: auth.mode is none');
        const { user, password } = c.req.valid('json');
        const attempt = attemptOf(c, user, password);
        const found = await checked(attempt);
        const { name } = found;
        await begin(c, found);
        cookies.writeBrowser(c, { user: name, mark: attempt.browserMark ?? randomBytes(12).toString('base64url') });
        await auditor.write({ by: name, from: attempt.from, action: 'sign-in', subject: name, detail: null });
        return c.body(null, 204);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/api/v1/session',
        summary: 'Who is signed in, and until when',
        responses: answering(sessionView, 'the session; 401 when nobody is signed in'),
      }),
      (c) => {
        const identity = c.get('identity') as Identity | undefined;
        if (identity === undefined) throw new HttpProblem(401, 'nobody is signed in');
        c.header('cache-control', 'no-store');
        return c.json(viewOf(identity), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'delete',
        path: '/api/v1/session',
        summary: 'Sign out',
        responses: done,
      }),
      async (c) => {
        const identity = c.get('identity') as Identity | undefined;
        if (identity?.kind === 'session') {
          await endSession(partitions.first(), identity.session);
          await auditor.record(c, 'sign-out', identity.name);
        }
        cookies.clearSession(c);
        return c.body(null, 204);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/api/v1/account/password',
        summary: "Change one's own password: all other sessions end",
        request: { body: { content: { 'application/json': { schema: passwordChange } }, required: true } },
        responses: done,
      }),
      async (c) => {
        const name = ownUser(c);
        const { current, password } = c.req.valid('json');
        const fault = passwordFault(password);
        if (fault !== null) throw new HttpProblem(400, `password: ${fault}`, { field: 'password' });
        await checked(attemptOf(c, name, current)).catch((error: unknown) => {
          if (!(error instanceof HttpProblem) || error.status !== 401) throw error;
          // 401 would say that nobody is signed in.
          throw new HttpProblem(400, 'current: is not your password', { field: 'current' });
        });
        await changePassword(partitions.first(), name, await hashPassword(password));
        const changed = await findUser(partitions.first(), name);
        if (changed !== null) await begin(c, changed);
        await auditor.record(c, 'password-change', name);
        return c.body(null, 204);
      },
    )
    .openapi(
      createRoute({
        method: 'delete',
        path: '/api/v1/account/sessions',
        summary: 'Sign out everywhere, in this browser too',
        responses: done,
      }),
      async (c) => {
        const name = ownUser(c);
        await endSessionsOf(partitions.first(), name);
        await auditor.record(c, 'sign-out-everywhere', name);
        cookies.clearSession(c);
        return c.body(null, 204);
      },
    );
}

/** @throws HttpProblem for whoever has no password here. */
function ownUser(c: Context<AppEnv>): string {
  const identity = c.get('identity');
  if (identity.kind !== 'session') throw new HttpProblem(403, 'only for users who signed in with a password');
  return identity.name;
}

function viewOf(identity: Identity): SessionView {
  const ends =
    identity.kind === 'session'
      ? { idleUntil: identity.idleUntil, endsAt: identity.endsAt }
      : { idleUntil: null, endsAt: null };
  return { user: identity.name, role: identity.role, kind: identity.kind, ...ends };
}
