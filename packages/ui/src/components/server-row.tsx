/** One row of the table of servers. It is used again for another server when one scrolls: nothing in it may be kept by the server. */
import type { ServerView } from '@healthapp/shared/wire/api';
import { createMemo, Index, Show } from 'solid-js';
import { problemText } from '../kernel/alert-text.ts';
import { percentOf } from '../kernel/amount.ts';
import { useKernel } from '../kernel/kernel.ts';
import { paths } from '../kernel/paths.ts';
import { exactTime, timeAgo, timeSince } from '../kernel/relative-time.ts';
import { ServerStateBadge, severityLooks } from './badge.tsx';
import { Icon } from './icon.tsx';
import { OsMark } from './os-mark.tsx';
import { diskLimits, memoryLimits, PercentBar } from './percent-bar.tsx';
import { Cell, Dash, HeadCell } from './table.tsx';
import { UptimeBar } from './uptime-bar.tsx';

export function ServerCells(props: { readonly server: ServerView }) {
  const { diskFullPercent } = useKernel();
  const memoryPercent = () => {
    const memory = props.server.memory;
    return memory === null ? null : percentOf(memory.used, memory.total);
  };
  return (
    <>
      <HeadCell class="cell-name">
        <OsMark os={props.server.os} kind={props.server.kind} />
        <div class="cell-value">
          <a class="name" href={paths.server(props.server.name)} title={props.server.name}>
            {props.server.name}
          </a>
          <LabelLine labels={props.server.labels} />
        </div>
      </HeadCell>
      <Cell class="cell-state">
        <ServerStateBadge state={props.server.state} />
        <ProblemLine problems={props.server.problems} />
      </Cell>
      <Cell class="cell-bar" title="Last 24 h">
        <UptimeBar letters={props.server.bars} server={props.server.name} />
      </Cell>
      <Cell class="cell-disk" title="Fullest disk">
        <Show when={props.server.fullestFilesystem} fallback={<Dash />}>
          {(filesystem) => (
            <>
              <PercentBar percent={filesystem().percent} {...diskLimits(diskFullPercent())} />
              <span class="cell-more">{filesystem().path}</span>
            </>
          )}
        </Show>
      </Cell>
      <Cell class="cell-load" title="Load">
        <Show when={props.server.load} fallback={<Dash />}>
          {(load) => <span title={loadTitle(load())}>{load()[0]?.toFixed(2)}</span>}
        </Show>
      </Cell>
      <Cell class="cell-memory" title="Memory">
        <Show when={memoryPercent() !== null} fallback={<Dash />}>
          <PercentBar percent={memoryPercent() ?? 0} {...memoryLimits} />
        </Show>
      </Cell>
      <Cell class="cell-heard" title="Last update">
        <Heard at={props.server.lastHeartbeatAt} />
      </Cell>
    </>
  );
}

function loadTitle(load: readonly number[]): string {
  return `over 1, 5 and 15 min: ${load.map((value) => value.toFixed(2)).join(', ')}`;
}

/** On one line, however many: the server's own page has them all. */
function LabelLine(props: { readonly labels: Readonly<Record<string, string>> }) {
  const entries = createMemo(() => Object.entries(props.labels));
  return (
    <Show when={entries().length > 0}>
      <ul class="label-line" aria-label="Labels">
        <Index each={entries()}>
          {(entry) => (
            <li>
              <a class="label" href={paths.serversWhere({ label: `${entry()[0]}=${entry()[1]}` })}>
                <span class="label-key">{entry()[0]}</span>
                <span class="visually-hidden">: </span>
                {entry()[1]}
              </a>
            </li>
          )}
        </Index>
      </ul>
    </Show>
  );
}

const severityRank = { critical: 0, warning: 1, info: 2 } as const;

/** The worst of what is wrong, and how many more there are. */
function ProblemLine(props: { readonly problems: ServerView['problems'] }) {
  const { clock } = useKernel();
  const worst = createMemo(
    () => [...props.problems].sort((one, other) => severityRank[one.severity] - severityRank[other.severity])[0],
  );
  return (
    <Show when={worst()}>
      {(problem) => (
        <a
          class={`problem problem-line tone-${severityLooks[problem().severity].tone}`}
          href={paths.alert(problem().alertId)}
        >
          <Icon name={severityLooks[problem().severity].icon} />
          <span class="problem-text">
            <span class="visually-hidden">{severityLooks[problem().severity].word}: </span>
            {problemText(problem())} <span class="problem-since">{timeSince(problem().since, clock.now())}</span>
          </span>
          <Show when={props.problems.length > 1}>
            <span class="problem-others">+{props.problems.length - 1}</span>
          </Show>
        </a>
      )}
    </Show>
  );
}

function Heard(props: { readonly at: number | null }) {
  const { clock } = useKernel();
  return (
    <Show when={props.at} fallback="never">
      {(at) => (
        <time datetime={new Date(at()).toISOString()} title={exactTime(at())}>
          {timeAgo(at(), clock.now())}
        </time>
      )}
    </Show>
  );
}
