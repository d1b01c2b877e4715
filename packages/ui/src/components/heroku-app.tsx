/** A Heroku app as it was last reported: what runs, what it should be, what was released, what it is made of. */
import type { ServerDetailView } from '@healthapp/shared/wire/api';
import { For, type JSX, Show } from 'solid-js';
import { counted } from '../kernel/amount.ts';
import { addonLook, dynoLook, dynosInOrder, releaseLook } from '../kernel/heroku-looks.ts';
import { AppEvents } from './app-events.tsx';
import { AppMetrics } from './app-metrics.tsx';
import { Badge } from './badge.tsx';
import { Fact, Facts } from './facts.tsx';
import { FirstFew } from './first-few.tsx';
import { Icon } from './icon.tsx';
import { Notice } from './notice.tsx';
import { Cell, Dash, HeadCell, Row, Rows, Table } from './table.tsx';
import { Ago, At, Exact } from './time.tsx';

type HerokuPart = NonNullable<ServerDetailView['heroku']>;

/** Why what stands below may be old, or will not change any more. */
export function HerokuNotices(props: { readonly heroku: HerokuPart }) {
  return (
    <>
      <Show when={props.heroku.gone}>
        {(gone) => (
          <Notice tone="info" icon="info" title="This app is not watched any more">
            {gone().message}
          </Notice>
        )}
      </Show>
      <Show when={props.heroku.unobserved}>
        {(unobserved) => (
          <Notice tone="warning" icon="triangle" title="This app cannot be observed">
            What stands here is from before <At at={unobserved().since} />.
          </Notice>
        )}
      </Show>
    </>
  );
}

export function HerokuApp(props: { readonly heroku: HerokuPart; readonly name: string; readonly app: string }) {
  return (
    <>
      <div class="columns">
        <Part title="Dynos" id="dynos" items={props.heroku.dynos} none="None is running.">
          {(dynos) => <Dynos dynos={dynosInOrder(dynos)} />}
        </Part>
        <div>
          <Part title="Formation" id="formation" items={props.heroku.formation} none="No process type is known.">
            {(formation) => (
              <Facts>
                <For each={formation}>
                  {({ type, quantity, size }) => (
                    <Fact title={type} value={`${counted(quantity, 'dyno')} of ${size}`} />
                  )}
                </For>
              </Facts>
            )}
          </Part>
          <Part title="Add-ons" id="addons" items={props.heroku.addons} none="It has none.">
            {(addons) => <Addons addons={addons} />}
          </Part>
        </div>
      </div>
      <AppMetrics name={props.name} app={props.app} />
      <div class="columns">
        <div>
          <AppEvents name={props.name} />
          <Part title="Releases" id="releases" items={props.heroku.releases} none="Nothing was released yet.">
            {(releases) => (
              <FirstFew items={releases} few={5} noun="releases">
                {(few) => <Releases releases={few} />}
              </FirstFew>
            )}
          </Part>
        </div>
        <div>
          <Show when={props.heroku.app}>{(app) => <AppFacts app={app()} readAt={props.heroku.readAt} />}</Show>
          <Part
            title="Config vars"
            id="config-vars"
            items={props.heroku.configVars && Object.keys(props.heroku.configVars.vars)}
            none="None is set."
          >
            {(names) => (
              <>
                <p class="text-quiet">Their names alone: values stay at Heroku.</p>
                <ul class="labels">
                  <For each={[...names].sort()}>{(name) => <li class="label">{name}</li>}</For>
                </ul>
              </>
            )}
          </Part>
        </div>
      </div>
    </>
  );
}

interface AppFactsProps {
  readonly app: NonNullable<HerokuPart['app']>;
  readonly readAt: HerokuPart['readAt'];
}

function AppFacts(props: AppFactsProps) {
  return (
    <section aria-labelledby="app">
      <h2 id="app">App</h2>
      <Facts>
        <Fact title="Owner" value={props.app.owner} />
        <Fact title="Region" value={props.app.region} />
        <Fact title="Stack" value={props.app.stack} />
        <Fact title="Address" value={props.app.web_url}>
          <a href={props.app.web_url ?? ''} rel="noreferrer">
            {props.app.web_url}
          </a>
        </Fact>
        <Fact title="Maintenance" value={props.app.maintenance === true ? 'on' : null} />
        <Fact title="Dynos read" value={props.readAt?.dynos}>
          <Exact at={props.readAt?.dynos ?? null} />
        </Fact>
        <Fact title="The rest read" value={props.readAt?.rest}>
          <Exact at={props.readAt?.rest ?? null} />
        </Fact>
      </Facts>
    </section>
  );
}

interface PartProps<Item> {
  readonly title: string;
  readonly id: string;
  /** Undefined: not known, which is said; empty: known to be empty. */
  readonly items: readonly Item[] | undefined;
  readonly none: string;
  readonly children: (items: readonly Item[]) => JSX.Element;
}

function Part<Item>(props: PartProps<Item>) {
  return (
    <section aria-labelledby={props.id}>
      <h2 id={props.id}>{props.title}</h2>
      <Show when={props.items} fallback={<p class="text-quiet">Not known: it was not read yet, or could not be.</p>}>
        {(items) => (
          <Show when={items().length > 0} fallback={<p class="text-quiet">{props.none}</p>}>
            {props.children(items())}
          </Show>
        )}
      </Show>
    </section>
  );
}

const dynoColumns = [{ title: 'Dyno' }, { title: 'State' }, { title: 'Since' }, { title: 'Release' }];

function Dynos(props: { readonly dynos: readonly NonNullable<HerokuPart['dynos']>[number][] }) {
  return (
    <Table class="dyno-table" caption="Dynos" columns={dynoColumns}>
      <Rows>
        <For each={props.dynos}>
          {(dyno) => (
            <Row critical={dynoLook(dyno.state).tone === 'critical'}>
              <HeadCell class="cell-what">
                <span class="name">{dyno.name}</span>
                <span class="cell-more">{[dyno.type, dyno.size].filter((part) => part !== undefined).join(' · ')}</span>
                <Show when={dyno.log?.length}>
                  <details class="dyno-log">
                    <summary>Its last lines</summary>
                    {/* Long lines scroll, by keyboard too. */}
                    <pre tabindex="0">{dyno.log?.join('\n')}</pre>
                  </details>
                </Show>
              </HeadCell>
              <Cell>
                <Badge {...dynoLook(dyno.state)} />
              </Cell>
              <Cell title="Since">
                <Show when={dyno.since} fallback={<Dash />}>
                  {(at) => <Ago at={at()} />}
                </Show>
              </Cell>
              <Cell title="Release">{dyno.release === undefined ? <Dash /> : `v${dyno.release}`}</Cell>
            </Row>
          )}
        </For>
      </Rows>
    </Table>
  );
}

function Releases(props: { readonly releases: readonly NonNullable<HerokuPart['releases']>[number][] }) {
  return (
    <ol class="timeline">
      <For each={props.releases}>
        {(release) => (
          <li>
            <span class={`timeline-icon tone-${releaseLook(release.status).tone}`}>
              <Icon name={releaseLook(release.status).icon} />
            </span>
            <div>
              <p class="timeline-text">
                <strong>v{release.version}</strong> {release.description}
                <Show when={release.status !== undefined && release.status !== 'succeeded'}> ({release.status})</Show>
              </p>
              <p class="timeline-at">
                <Show when={release.user}>{(user) => <>by {user()} · </>}</Show>
                <At at={release.created} /> · <Ago at={release.created} />
              </p>
            </div>
          </li>
        )}
      </For>
    </ol>
  );
}

const addonColumns = [{ title: 'Add-on' }, { title: 'State' }];

function Addons(props: { readonly addons: readonly NonNullable<HerokuPart['addons']>[number][] }) {
  return (
    <Table class="addon-table" caption="Add-ons" columns={addonColumns}>
      <Rows>
        <For each={props.addons}>
          {(addon) => (
            <Row>
              <HeadCell class="cell-what">
                <span class="name">{addon.name}</span>
                <span class="cell-more">
                  {addon.service} · {addon.plan}
                </span>
              </HeadCell>
              <Cell>
                <Badge {...addonLook(addon.state)} />
              </Cell>
            </Row>
          )}
        </For>
      </Rows>
    </Table>
  );
}

const platformWords: Readonly<Record<NonNullable<HerokuPart['poller']>['platform']['state'], string>> = {
  starting: 'not asked yet',
  ok: 'answers',
  limited: 'its rate limit is spent',
  unreachable: 'cannot be reached',
  refused: 'does not take the key',
};

/** The poller itself: how it stands with Heroku's API. */
export function HerokuPoller(props: { readonly poller: NonNullable<HerokuPart['poller']> }) {
  const limit = () => props.poller.rateLimit;
  return (
    <section aria-labelledby="poller">
      <h2 id="poller">Heroku's API</h2>
      <Facts>
        <Fact
          title="State"
          value={platformWords[props.poller.platform.state]}
          {...(props.poller.platform.message === undefined ? {} : { more: props.poller.platform.message })}
        />
        <Fact
          title="Apps"
          value={props.poller.apps}
          more={props.poller.all ? 'all that the key can see' : 'as configured'}
        />
        <Fact
          title="Reads dynos"
          value={`every ${Math.round(props.poller.interval.dynos)} s`}
          more={`the rest every ${Math.round(props.poller.interval.rest)} s`}
        />
        <Fact title="Requests left" value={limit().remaining} more={`of ${limit().limit} an hour`} />
      </Facts>
      <Show when={props.poller.unreadable.length > 0}>
        <h3>Apps that it cannot read</h3>
        <Facts>
          <For each={props.poller.unreadable}>{({ app, message }) => <Fact title={app} value={message} />}</For>
        </Facts>
      </Show>
    </section>
  );
}
