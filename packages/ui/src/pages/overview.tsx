import { useNavigate, useSearchParams } from '@solidjs/router';
import { createMemo, For, Show } from 'solid-js';
import { AddServer } from '../components/add-server.tsx';
import { AlertTable } from '../components/alert-table.tsx';
import { severityLooks } from '../components/badge.tsx';
import { Icon, type IconName } from '../components/icon.tsx';
import { FaultNotice, Notice, Skeleton } from '../components/notice.tsx';
import { CalmTile, FleetTile, TroubleTile } from '../components/server-tile.tsx';
import { At } from '../components/time.tsx';
import { usePageTitle } from '../components/title.ts';
import { number } from '../kernel/amount.ts';
import { useKernel } from '../kernel/kernel.ts';
import { monitorTroubles } from '../kernel/monitor-trouble.ts';
import { paths } from '../kernel/paths.ts';
import { overviewDetails, overviewSentence, type Tone } from '../kernel/sentence.ts';
import { groupedBy, labelKeys } from '../kernel/server-groups.ts';
import { everyServer, isTroubled } from '../kernel/server-list.ts';

/** Enough for most fleets; of larger ones the worst. */
const shownServers = 240;

export function OverviewPage() {
  const kernel = useKernel();
  usePageTitle(() => 'Overview');
  const servers = kernel.servers(() => everyServer, shownServers);
  const alerts = kernel.alerts(() => ({ state: 'active', server: '' }));
  const troubled = createMemo(() => servers.items().filter(isTroubled));
  // First, and not from the alerts: those of its servers would push it off their first page.
  const ofTheFleet = createMemo(() => kernel.status.value()?.fleet ?? []);
  const calm = createMemo(() => servers.items().filter((server) => !isTroubled(server)));
  const [parameters] = useSearchParams<{ by: string }>();
  const by = () => (typeof parameters.by === 'string' ? parameters.by : '');
  const grouped = createMemo(() => groupedBy(calm(), by()));
  const groups = createMemo(() => grouped().map(({ value }) => value));
  const groupOf = (wanted: string | null) => grouped().find(({ value }) => value === wanted)?.servers ?? [];
  const empty = () => kernel.status.value()?.counts.servers.total === 0 && servers.items().length === 0;

  return (
    <>
      <Headline />
      <MonitorTroubles />
      <Show when={!empty()} fallback={<AddServer first />}>
        <Show when={!servers.loading()} fallback={<Skeleton what="the servers" />}>
          <Show when={servers.fault()}>{(fault) => <FaultNotice fault={fault()} />}</Show>
          <Show when={ofTheFleet().length + troubled().length > 0}>
            <section aria-labelledby="troubled">
              <h2 id="troubled">Needs a look</h2>
              <ul class="troubles">
                <For each={ofTheFleet()}>{(problem) => <FleetTile problem={problem} />}</For>
                <For each={troubled()}>{(server) => <TroubleTile server={server} />}</For>
              </ul>
              <Show when={servers.more() && calm().length === 0}>
                <p>
                  These are the worst {number(troubled().length)}. <a href={paths.servers}>All servers</a>
                </p>
              </Show>
            </section>
          </Show>
          <section aria-labelledby="open-alerts">
            <h2 id="open-alerts">Open alerts</h2>
            <Show
              when={alerts.items().length > 0}
              fallback={
                <Show when={!alerts.loading()} fallback={<Skeleton what="the open alerts" rows={2} />}>
                  <Show
                    when={alerts.fault()}
                    fallback={
                      <p class="text-quiet">
                        None. <a href={paths.alerts}>Earlier alerts</a>
                      </p>
                    }
                  >
                    {(fault) => <FaultNotice fault={fault()} />}
                  </Show>
                </Show>
              }
            >
              <AlertTable alerts={alerts.items()} caption="Open alerts" closed={false} />
              <p class="section-more">
                <a href={paths.alerts}>All alerts</a>
              </p>
            </Show>
          </section>
          <Show when={calm().length > 0}>
            <section aria-labelledby="calm">
              <div class="section-head">
                <h2 id="calm">{troubled().length > 0 ? 'The other servers' : 'Servers'}</h2>
                <GroupChoice keys={labelKeys(servers.items())} chosen={by()} />
              </div>
              <For each={groups()}>
                {(value) => (
                  <>
                    <Show when={by() !== ''}>
                      <h3>{value === null ? `Without ${by()}` : value}</h3>
                    </Show>
                    <ul class="calms">
                      <For each={groupOf(value)}>{(server) => <CalmTile server={server} />}</For>
                    </ul>
                  </>
                )}
              </For>
              <p class="section-more">
                <Show when={servers.more()}>The first {number(servers.items().length)}. </Show>
                <a href={paths.servers}>All servers</a>
              </p>
            </section>
          </Show>
        </Show>
      </Show>
    </>
  );
}

/** By which label the wall is grouped; nothing when there is none. */
function GroupChoice(props: { readonly keys: readonly string[]; readonly chosen: string }) {
  const navigate = useNavigate();
  return (
    <Show when={props.keys.length > 0}>
      <div class="sort-choice">
        <label for="group-by">Group by</label>
        <select
          id="group-by"
          class="form-select"
          onChange={(event) => navigate(paths.overviewBy(event.currentTarget.value), { replace: true, scroll: false })}
        >
          <option value="" selected={props.chosen === ''}>
            Nothing
          </option>
          <For each={props.keys}>
            {(key) => (
              <option value={key} selected={props.chosen === key}>
                {key}
              </option>
            )}
          </For>
        </select>
      </div>
    </Show>
  );
}

const toneIcons: Readonly<Record<Tone, IconName>> = {
  critical: 'cross',
  warning: 'triangle',
  good: 'check',
  neutral: 'info',
};

function Headline() {
  const { status, notLiveSince } = useKernel();
  const sentence = createMemo(() => {
    const value = status.value();
    if (value !== undefined) return overviewSentence(value);
    const text = status.fault() === undefined ? 'Loading …' : 'Nothing is known yet';
    return { tone: 'neutral', text } as const;
  });
  const details = createMemo(() => {
    const value = status.value();
    return value === undefined ? '' : overviewDetails(value).join(' · ');
  });
  return (
    <>
      <div class={`headline headline-${sentence().tone}`}>
        <span class="headline-icon">
          <Icon name={toneIcons[sentence().tone]} />
        </span>
        <div>
          <h1 aria-live="polite">{sentence().text}</h1>
          <p class="headline-details">
            {details()}
            <Show when={notLiveSince()}>
              {(since) => (
                <span>
                  {' '}
                  · as of <At at={since()} />
                </span>
              )}
            </Show>
          </p>
        </div>
      </div>
      <Show when={status.value() === undefined && status.fault()}>{(fault) => <FaultNotice fault={fault()} />}</Show>
    </>
  );
}

/** The monitor's own state, when it is not well. */
function MonitorTroubles() {
  const { status, clock } = useKernel();
  const troubles = createMemo(() => {
    const value = status.value();
    return value === undefined ? [] : monitorTroubles(value, clock.now());
  });
  const kinds = createMemo(() => troubles().map(({ kind }) => kind), [], {
    equals: (one, other) => one.join() === other.join(),
  });
  return (
    <Show when={kinds().length > 0}>
      <section aria-label="The monitor itself" class="monitor-troubles">
        <For each={kinds()}>
          {(kind) => (
            <Show when={troubles().find((trouble) => trouble.kind === kind)}>
              {(trouble) => (
                <Notice
                  tone={severityLooks[trouble().severity].tone}
                  icon={severityLooks[trouble().severity].icon}
                  title={trouble().title}
                >
                  {trouble().detail}
                </Notice>
              )}
            </Show>
          )}
        </For>
      </section>
    </Show>
  );
}
