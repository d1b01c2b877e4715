import { Route, Router } from '@solidjs/router';
import { ErrorBoundary } from 'solid-js';
import { Gate } from './components/gate.tsx';
import { Notice } from './components/notice.tsx';
import { type Kernel, KernelContext } from './kernel/kernel.ts';
import { AccountPage } from './pages/account.tsx';
import { AddServerPage } from './pages/add-server.tsx';
import { AddressOfOne } from './pages/address-of-one.tsx';
import { AlertPage } from './pages/alert.tsx';
import { AlertsPage } from './pages/alerts.tsx';
import { AuditPage } from './pages/audit.tsx';
import { KeysPage } from './pages/keys.tsx';
import { MailMessagePage } from './pages/mail-message.tsx';
import { MailboxPage } from './pages/mailbox.tsx';
import { NotFoundPage } from './pages/not-found.tsx';
import { NotificationsPage } from './pages/notifications.tsx';
import { OverviewPage } from './pages/overview.tsx';
import { ReceiversPage } from './pages/receivers.tsx';
import { RoutesPage } from './pages/routes.tsx';
import { RulesPage } from './pages/rules.tsx';
import { ServerPage } from './pages/server.tsx';
import { ServersPage } from './pages/servers.tsx';
import { SignInAddress } from './pages/sign-in.tsx';
import { SilencesPage } from './pages/silences.tsx';

export function App(props: { readonly kernel: Kernel }) {
  return (
    <ErrorBoundary fallback={(error: unknown) => <Broken error={error} />}>
      <KernelContext.Provider value={props.kernel}>
        <Router root={Gate}>
          <Route path="/" component={OverviewPage} />
          <Route path="/add-server" component={AddServerPage} />
          <Route path="/servers" component={ServersPage} />
          <Route path="/servers/:name" component={AddressOfOne} />
          <Route path="/server/:name" component={ServerPage} />
          <Route path="/alerts" component={AlertsPage} />
          <Route path="/alerts/:id" component={AddressOfOne} />
          <Route path="/alert/:id" component={AlertPage} />
          <Route path="/silences" component={SilencesPage} />
          <Route path="/receivers" component={ReceiversPage} />
          <Route path="/notifications" component={NotificationsPage} />
          <Route path="/routes" component={RoutesPage} />
          <Route path="/rules" component={RulesPage} />
          <Route path="/account" component={AccountPage} />
          <Route path="/audit" component={AuditPage} />
          <Route path="/keys" component={KeysPage} />
          <Route path="/sign-in" component={SignInAddress} />
          <Route path="/mail" component={MailboxPage} />
          <Route path="/mail/:id" component={MailMessagePage} />
          <Route path="*" component={NotFoundPage} />
        </Router>
      </KernelContext.Provider>
    </ErrorBoundary>
  );
}

/** A fault of this page itself: nothing that it shows can be trusted any more. */
function Broken(props: { readonly error: unknown }) {
  return (
    <main class="page">
      <h1>This page is broken</h1>
      <div role="alert">
        <Notice tone="critical" icon="exclamation" title={String(props.error)}>
          The monitor itself goes on. <a href={window.location.href}>Load the page again</a>
        </Notice>
      </div>
    </main>
  );
}
