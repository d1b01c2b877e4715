import { formatDuration } from '@healthapp/shared/domain/duration';
import type { ServerDetailView } from '@healthapp/shared/wire/api';
import { useNavigate, useParams } from '@solidjs/router';
import { createMemo, Show } from 'solid-js';
import { AlertTable } from '../components/alert-table.tsx';
import { ServerStateBadge } from '../components/badge.tsx';
import { Fact, Facts } from '../components/facts.tsx';
import { Filesystems } from '../components/filesystems.tsx';
import { Icon, type IconName } from '../components/icon.tsx';
import { Labels } from '../components/labels.tsx';
import { FaultNotice, Loaded, Notice, Skeleton } from '../components/notice.tsx';
import { OsMark } from '../components/os-mark.tsx';
import { memoryLimits, PercentBar } from '../components/percent-bar.tsx';
import { Problems } from '../components/problems.tsx';
import { ServerManagement } from '../components/server-management.tsx';
import { At, Exact } from '../components/time.tsx';
import { usePageTitle } from '../components/title.ts';
import { createAction } from '../kernel/action.ts';
import { bytes, percentOf } from '../kernel/amount.ts';
import { useKernel } from '../kernel/kernel.ts';
import { type Outlook, outlook } from '../kernel/outlook.ts';
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
        <AlertsOfServer name={name()} />
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
      </div>
      <Labels labels={props.server.labels} />
      <OutlookBox server={props.server} />
      <Problems problems={props.server.problems} />
      <p class="actions">
        <a class="btn btn-outline-primary" href={paths.silenceOf({ server: props.server.name })}>
          Silence
        </a>
      </p>
      <div class="columns">
        <section aria-labelledby="filesystems">
          <h2 id="filesystems">Filesystems</h2>
          <Show when={props.server.host?.filesystems.length} fallback={<p class="text-quiet">It has reported none.</p>}>
            <Filesystems filesystems={props.server.host?.filesystems ?? []} />
          </Show>
        </section>
        <section aria-labelledby="facts">
          <h2 id="facts">Facts</h2>
          <ServerFacts server={props.server} />
        </section>
      </div>
    </>
  );
}

const outlookIcons: Readonly<Record<Outlook['kind'], IconName>> = {
  expected: 'clock',
  late: 'triangle',
  silent: 'cross',
  stopped: 'pause',
  planned: 'pause',
  'never-heard': 'question',
  'never-reported': 'question',
};

const outlookTones: Readonly<Record<Outlook['kind'], string>> = {
  expected: 'good',
  late: 'warning',
  silent: 'critical',
  stopped: 'quiet',
  planned: 'info',
  'never-heard': 'info',
  'never-reported': 'critical',
};

/** When the next heartbeat is due, counting; or since when it is missing. */
function OutlookBox(props: { readonly server: ServerDetailView }) {
  const { clock } = useKernel();
  const what = createMemo(() => outlook(props.server, clock.now()));
  return (
    <div class={`outlook outlook-${outlookTones[what().kind]}`}>
      <Icon name={outlookIcons[what().kind]} />
      <div>
        <p class="outlook-text">{what().text}</p>
        <p class="outlook-more">
          {what().more}{' '}
          <Show when={props.server.state === 'silent' && props.server.lastHeartbeatAt}>
            {(at) => (
              <>
                Last heard at <At at={at()} />.
              </>
            )}
          </Show>
        </p>
      </div>
    </div>
  );
}

function ServerFacts(props: { readonly server: ServerDetailView }) {
  const host = () => props.server.host;
  const system = () => [host()?.platform ?? host()?.os, host()?.arch].filter((part) => part != null).join(', ');
  const agent = () => [props.server.agent.kind, props.server.agent.version].filter((part) => part !== null).join(' ');
  const memoryPercent = () => {
    const memory = host()?.memory;
    return memory == null ? null : percentOf(memory.used, memory.total);
  };
  return (
    <Facts>
      <Fact title="System" value={system()} />
      <Fact title="Kernel" value={host()?.kernel} />
      <Fact title="Processors" value={host()?.cpus} />
      <Fact
        title="Load"
        value={host()
          ?.load?.map((value) => value.toFixed(2))
          .join('  ')}
        more="over 1, 5 and 15 min"
      />
      <Fact
        title="Memory"
        value={memoryPercent()}
        more={`${bytes(host()?.memory?.used ?? 0)} of ${bytes(host()?.memory?.total ?? 0)}`}
      >
        <PercentBar percent={memoryPercent() ?? 0} {...memoryLimits} />
      </Fact>
      <Fact title="Up for" value={secondsWords(host()?.uptime)} />
      <Fact title="Last heartbeat" value={props.server.lastHeartbeatAt}>
        <Exact at={props.server.lastHeartbeatAt} />
      </Fact>
      <Fact title="First heartbeat" value={props.server.firstHeartbeatAt}>
        <Exact at={props.server.firstHeartbeatAt} />
      </Fact>
      <Fact title="Reports every" value={secondsWords(props.server.interval)} />
      <Fact title="Down after" value={secondsWords(props.server.grace || null)} />
      <Fact title="Agent" value={agent()} />
      <Fact title="Clock" value={clockWords(props.server.clockOffset)} />
      <Fact title="Boot id" value={props.server.bootId} />
      <Fact title="Key generation" value={props.server.generation > 0 ? props.server.generation : null} />
    </Facts>
  );
}

function secondsWords(seconds: number | null | undefined): string | null {
  return seconds == null ? null : formatDuration(seconds * 1000);
}

/** What the agent corrected its clock by; a second more or less is the network's. */
function clockWords(offset: number | null): string | null {
  if (offset === null || Math.abs(offset) < 1000) return null;
  return `${formatDuration(Math.abs(offset))} ${offset > 0 ? 'slow' : 'fast'}, corrected`;
}

const shownClosed = 10;

function AlertsOfServer(props: { readonly name: string }) {
  const kernel = useKernel();
  const open = kernel.alerts(createMemo(() => ({ state: 'active', server: props.name }) as const));
  const closed = kernel.alerts(createMemo(() => ({ state: 'closed', server: props.name }) as const));
  const loading = () => open.loading() || closed.loading();
  const none = () => open.items().length + closed.items().length === 0;
  const fault = () => open.fault() ?? closed.fault();
  return (
    <section aria-labelledby="alerts-of-server">
      <h2 id="alerts-of-server">Alerts</h2>
      <Show when={!loading()} fallback={<Skeleton what="its alerts" rows={2} />}>
        <Show when={fault()}>{(problem) => <FaultNotice fault={problem()} />}</Show>
        <Show when={none() && fault() === undefined}>
          <p class="text-quiet">There has been none.</p>
        </Show>
        <Show when={open.items().length > 0}>
          <AlertTable alerts={open.items()} caption="Open alerts of this server" closed={false} ofOneServer />
        </Show>
        <Show when={closed.items().length > 0}>
          <h3>Closed</h3>
          <AlertTable
            alerts={closed.items().slice(0, shownClosed)}
            caption="Closed alerts of this server"
            closed
            ofOneServer
          />
        </Show>
        <Show when={closed.items().length > shownClosed || closed.more()}>
          <p class="section-more">
            <a href={paths.alertsOf(props.name)}>All alerts of this server</a>
          </p>
        </Show>
      </Show>
    </section>
  );
}
