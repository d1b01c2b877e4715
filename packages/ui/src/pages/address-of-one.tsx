import { Navigate } from '@solidjs/router';
import { pathOfOne } from '../kernel/paths.ts';

/** At an address that a list and a name make (`/servers/web-1`), as in the API: the page is at `/server/web-1`. */
export function AddressOfOne() {
  return <Navigate href={({ location }) => pathOfOne(location.pathname) + location.search + location.hash} />;
}
