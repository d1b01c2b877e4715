/** Signing in, what each role is offered, and what happens to an open page when a session ends: in a real Chromium. */
import { createPartition, type Partition } from '@healthapp/shared/redis/partition';
import { addUser, changeRole, endSessionsOf } from '@healthapp/shared/redis/users';
import { Redis } from 'ioredis';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { axeFaults, openPage, startBrowser, tooWide } from '../harness/browser.ts';
import { cheapHash } from '../harness/password.ts';
import { type System, startSystem } from '../harness/system.ts';

const password = 'correct horse battery';
const waiting = { timeout: 20_000 };

let system: System;
let browser: Browser;
let redis: Redis;
let first: Partition;

beforeAll(async () => {
  [browser, system] = await Promise.all([startBrowser(), startSystem({ config: { auth: { mode: 'sign-in' } } })]);
  await system.api();
  redis = new Redis(system.redis.url);
  first = createPartition(redis, 0);
  await addUser(first, { name: 'ann', role: 'operator', password: cheapHash(password) });
  await addUser(first, { name: 'vic', role: 'viewer', password: cheapHash(password) });
  await system.heartbeat('web-1', { grace: 600 });
});
afterAll(async () => {
  redis?.disconnect();
  await browser?.close();
  await system?.close();
});

async function signIn(page: Page, user: string, typed = password): Promise<void> {
  await page.getByLabel('User').fill(user);
  await page.getByLabel('Password', { exact: true }).fill(typed);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

/** A page of a browser that nobody is signed in with. */
async function freshPage(path: string, options: Parameters<typeof openPage>[2] = {}): Promise<Page> {
  const { page } = await openPage(browser, system.apiUrl + path, options);
  await page.getByRole('heading', { name: 'Sign in', exact: true }).waitFor(waiting);
  return page;
}

describe('somebody who is not signed in', () => {
  it('finds the sign-in in place of the page, and the page after it, at the same address', async () => {
    const page = await freshPage('/server/web-1?from=mail');
    expect(await page.getByRole('navigation').count()).toBe(0);
    expect(await page.content()).not.toContain('web-1');
    expect(await axeFaults(page)).toEqual([]);
    await signIn(page, 'ann', 'wrong');
    await page.getByText('Wrong user or password').waitFor(waiting);
    expect(await axeFaults(page)).toEqual([]);
    await signIn(page, 'ann');
    await page.getByRole('heading', { name: 'web-1' }).waitFor(waiting);
    expect(page.url()).toBe(`${system.apiUrl}/server/web-1?from=mail`);
    await page.context().close();
  });

  it.each(['light', 'dark'] as const)('reads the form on a phone, %s', async (colorScheme) => {
    const page = await freshPage('/', { viewport: { width: 360, height: 740 }, colorScheme });
    expect(await tooWide(page)).toEqual([]);
    expect(await axeFaults(page)).toEqual([]);
    await page.context().close();
  });
});

describe('what a role is offered', () => {
  it('is everything for an operator, and nothing that would be refused for a viewer', async () => {
    const page = await freshPage('/server/web-1');
    await signIn(page, 'vic');
    await page.getByRole('heading', { name: 'web-1' }).waitFor(waiting);
    const offered = [
      page.getByRole('button', { name: 'Revoke its key' }),
      page.getByRole('button', { name: 'Forget it' }),
      page.getByRole('link', { name: 'Silence', exact: true }),
    ];
    for (const one of offered) expect(await one.count()).toBe(0);
    // The open page follows the role, without a reload.
    await changeRole(first, 'vic', 'operator');
    for (const one of offered) await one.waitFor(waiting);
    await changeRole(first, 'vic', 'viewer');
    for (const one of offered) await one.waitFor({ state: 'detached', ...waiting });
    await page.goto(`${system.apiUrl}/silences?server=web-1`);
    await page.getByText('Nothing is silenced').waitFor(waiting);
    expect(await page.getByRole('button', { name: /silence/i }).count()).toBe(0);
    await page.context().close();
  });
});

describe('a session that ends', () => {
  it('asks for a sign-in over the open page, which stays as it is', async () => {
    const page = await freshPage('/silences?server=web-1');
    await signIn(page, 'ann');
    const reason = page.getByLabel('Why');
    await reason.fill('half a sentence');
    await endSessionsOf(first, 'ann');
    await page.getByRole('heading', { name: 'Sign in again' }).waitFor(waiting);
    await page.keyboard.press('Escape');
    await page.getByRole('heading', { name: 'Sign in again' }).waitFor(waiting);
    expect(await axeFaults(page)).toEqual([]);
    await signIn(page, 'ann');
    await page.getByRole('heading', { name: 'Sign in again' }).waitFor({ state: 'detached', ...waiting });
    expect(await reason.inputValue()).toBe('half a sentence');
    await page.context().close();
  });

  it('by its user leaves nothing to see, in other tabs neither', async () => {
    const page = await freshPage('/account');
    await signIn(page, 'ann');
    await page.getByRole('heading', { name: 'Account', exact: true }).waitFor(waiting);
    expect(await axeFaults(page)).toEqual([]);
    const other = await page.context().newPage();
    await other.goto(`${system.apiUrl}/audit`);
    await other.getByText('Signed in: ann').first().waitFor(waiting);
    expect(await axeFaults(other)).toEqual([]);
    await other.goto(`${system.apiUrl}/keys`);
    await other.getByRole('heading', { name: 'A new key for all' }).waitFor(waiting);
    expect(await axeFaults(other)).toEqual([]);
    await page.getByRole('button', { name: 'Menu' }).click();
    await page.getByRole('button', { name: 'Sign out', exact: true }).click();
    await page.getByRole('heading', { name: 'Sign in', exact: true }).waitFor(waiting);
    await other.getByRole('heading', { name: 'Sign in again' }).waitFor(waiting);
    await page.reload();
    await page.getByRole('heading', { name: 'Sign in', exact: true }).waitFor(waiting);
    await page.context().close();
  });
});

it("one's own password is changed on the account page", async () => {
  const page = await freshPage('/account');
  await signIn(page, 'vic');
  await page.getByLabel('Present password').fill('wrong');
  await page.getByLabel('New password').fill('another horse battery');
  await page.getByRole('button', { name: 'Change the password' }).click();
  await page.getByText('is not your password').waitFor(waiting);
  await page.getByLabel('Present password').fill(password);
  await page.getByRole('button', { name: 'Change the password' }).click();
  await page.getByText('The password is changed.').waitFor(waiting);
  await page.goto(`${system.apiUrl}/sign-in`);
  await page.getByRole('heading', { level: 1 }).first().waitFor(waiting);
  await expect.poll(() => new URL(page.url()).pathname, waiting).toBe('/');
  await page.context().close();
});
