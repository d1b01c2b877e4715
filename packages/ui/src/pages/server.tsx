import { appNameOf } from '@healthapp/shared/domain/heroku';
import type { ServerDetailView } from '@healthapp/shared/wire/api';
import { useNavigate, useParams } from '@solidjs/router';
import { Show } from 'solid-js';
import { AppMetrics } from '../components/app-metrics.tsx';
import { ServerStateBadge } from '../components/badge.tsx';
import { Checks } from '../components/checks.tsx';
import { Filesystems, Unobserved } from '../components/filesystems.tsx';
import { HerokuApp, HerokuNotices, HerokuPoller } from '../components/heroku-app.tsx';
import { Labels } from '../components/labels.tsx';
import { Loaded, Notice } from '../components/notice.tsx';
import { OperatorOnly } from '../components/operator-only.tsx';
import { OsMark } from '../components/os-mark.tsx';
import { OutlookBox } from '../components/outlook-box.tsx';
import { Problems } from '../components/problems.tsx';
import { ServerAlerts } from '../components/server-alerts.tsx';
import { ServerFacts } from '../components/server-facts.tsx';
import { ServerHistory } from '../components/server-history.tsx';
import { ServerManagement } from '../components/server-management.tsx';
import { usePageTitle } from '../components/title.ts';
import { createAction } from '../kernel/action.ts';
import { useKernel } from '../kernel/kernel.ts';
import { paths } from '../kernel/paths.ts';

export function ServerPage() {
  const kernel = useKernel();
  const parameters = useParams<{ name: string }>();
  const name = () => parameters.name;
  usePageTitle(name);
  const view = kernel.server(name);
  const navigate = useNavigate();
  const forgetting = createAction<void, void>(
    () => kernel.acts.forget(name()),
    () => navigate(paths.servers, { replace: true }),
  );
  return (
    <>
      <p class="back">
        <a href={paths.servers}>Servers</a>
      </p>
      <Loaded view={view} what="the server" missing={<NoSuchServer name={name()} />}>
        {(server) => <Server server={server()} />}
      </Loaded>
      <Show when={view.fault()?.status !== 404}>
        <ServerAlerts name={name()} />
      </Show>
      <Show when={view.value()}>{(server) => <ServerManagement server={server()} forgetting={forgetting} />}</Show>
    </>
  );
}

function NoSuchServer(props: { readonly name: string }) {
  return (
    <>
      <h1 class="name">{props.name}</h1>
      <Notice tone="info" icon="question" title="No server of this name has reported">
        It may have been forgotten, or never was. <a href={paths.servers}>Look among all servers</a>, or at{' '}
        <a href={paths.alertsOf(props.name)}>old alerts of this name</a>.
      </Notice>
    </>
  );
}

function Server(props: { readonly server: ServerDetailView }) {
  return (
    <>
      <div class="page-head">
        <OsMark os={props.server.os} kind={props.server.kind} />
        <h1 class="name">{props.server.name}</h1>
        <ServerStateBadge state={props.server.state} />
        <OperatorOnly>
          <div class="page-actions">
            <a class="btn btn-sm btn-outline-primary" href={paths.silenceOf({ server: props.server.name })}>
              Silence
            </a>
          </div>
        </OperatorOnly>
      </div>
      <Labels labels={props.server.labels} />
      <OutlookBox server={props.server} />
      <Problems problems={props.server.problems} />
      <Show when={props.server.heroku}>{(heroku) => <HerokuNotices heroku={heroku()} />}</Show>
      <ServerHistory name={props.server.name} />
      <Show when={props.server.heroku} fallback={<WithoutReport server={props.server} />}>
        {(heroku) => (
          <>
            <Show when={heroku().poller}>{(poller) => <HerokuPoller poller={poller()} />}</Show>
            <Show when={heroku().app ?? heroku().dynos}>
              <HerokuApp
                heroku={heroku()}
                name={props.server.name}
                app={appNameOf(props.server.name) ?? props.server.name}
              />
            </Show>
            <section aria-labelledby="facts">
              <h2 id="facts">Report</h2>
              <ServerFacts server={props.server} />
            </section>
          </>
        )}
      </Show>
    </>
  );
}

/** A host; or an app on Heroku of which there is nothing but its log. */
function WithoutReport(props: { readonly server: ServerDetailView }) {
  return (
    <Show when={appNameOf(props.server.name)} fallback={<HostParts server={props.server} />}>
      {(app) => <AppMetrics name={props.server.name} app={app()} />}
    </Show>
  );
}

/** What a host says of itself, and what its agent found out. */
function HostParts(props: { readonly server: ServerDetailView }) {
  return (
    <div class="columns">
      <div>
        <Show when={props.server.checks.length > 0}>
          <section aria-labelledby="checks">
            <h2 id="checks">Checks</h2>
            <Checks checks={props.server.checks} />
          </section>
        </Show>
        <section aria-labelledby="filesystems">
          <h2 id="filesystems">Filesystems</h2>
          <Show when={props.server.host?.filesystems.length} fallback={<p class="text-quiet">It has reported none.</p>}>
            <Filesystems filesystems={props.server.host?.filesystems ?? []} />
          </Show>
          <Unobserved unobserved={props.server.host?.unobserved ?? []} />
        </section>
      </div>
      <section aria-labelledby="facts">
        <h2 id="facts">Facts</h2>
        <ServerFacts server={props.server} />
      </section>
    </div>
  );
}
