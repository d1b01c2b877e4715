import { useLocation } from '@solidjs/router';
import { usePageTitle } from '../components/title.ts';
import { paths } from '../kernel/paths.ts';

export function NotFoundPage() {
  usePageTitle(() => 'No such page');
  const location = useLocation();
  return (
    <div class="not-found">
      <svg class="flat-line" viewBox="0 0 320 64" aria-hidden="true">
        <path d="M0 40h84l10-22 18 40 16-52 14 34h178" />
      </svg>
      <h1>There is no page here</h1>
      <p>
        <code>{location.pathname}</code> leads nowhere. The monitor itself goes on.
      </p>
      <p class="not-found-ways">
        <a class="btn btn-primary" href={paths.overview}>
          Overview
        </a>{' '}
        <a class="btn btn-outline-primary" href={paths.servers}>
          Servers
        </a>{' '}
        <a class="btn btn-outline-primary" href={paths.alerts}>
          Alerts
        </a>
      </p>
    </div>
  );
}
