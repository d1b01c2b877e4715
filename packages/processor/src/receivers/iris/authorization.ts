import { createHmac } from 'node:crypto';

/** Iris counts time in windows of so many seconds, and takes the present one and the one before. */
const windowS = 5;

/**
 * `hmac app:digest`, the digest being base64 (with `-` and `_`) of HMAC-SHA512 with the application's key over
 * `window method path body`: https://iris.claims/rest_api.html#hmac-auth.
 * @param now ms since 1970.
 */
export function irisAuthorization(
  app: string,
  key: string,
  method: string,
  path: string,
  body: string,
  now: number,
): string {
  const window = Math.floor(now / 1000 / windowS);
  const digest = createHmac('sha512', key).update(`${window} ${method} ${path} ${body}`).digest('base64');
  return `hmac ${app}:${digest.replaceAll('+', '-').replaceAll('/', '_')}`;
}
