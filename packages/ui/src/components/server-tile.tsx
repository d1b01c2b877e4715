import type { ServerView, StatusView } from '@healthapp/shared/wire/api';
import { createMemo, Show } from 'solid-js';
import { placeOf } from '../kernel/alert-text.ts';
import { useKernel } from '../kernel/kernel.ts';
import { paths } from '../kernel/paths.ts';
import { timeAgo } from '../kernel/relative-time.ts';
import { ServerStateBadge, serverLooks } from './badge.tsx';
import { Icon } from './icon.tsx';
import { OsMark } from './os-mark.tsx';
import { Problems } from './problems.tsx';
import { Ago } from './time.tsx';

/** A server that somebody should look at: what is wrong with it and since when. */
export function TroubleTile(props: { readonly server: ServerView }) {
  const tone = () =>
    props.server.state === 'silent' || props.server.problems.some(({ severity }) => severity === 'critical')
      ? 'critical'
      : 'warning';
  return (
    <li class={`trouble trouble-${tone()}`}>
      <div class="trouble-head">
        <OsMark os={props.server.os} kind={props.server.kind} />
        <a class="name" href={paths.server(props.server.name)}>
          {props.server.name}
        </a>
        <ServerStateBadge state={props.server.state} />
      </div>
      <Show when={props.server.state === 'silent'}>
        <p class="trouble-heard">
          <Show when={props.server.lastHeartbeatAt} fallback="Never heard">
            {(at) => (
              <>
                Last heard <Ago at={at()} />
              </>
            )}
          </Show>
        </p>
      </Show>
      <Problems problems={props.server.problems} />
    </li>
  );
}

/** What is wrong with many servers at once, or with the monitor. */
export function FleetTile(props: { readonly problem: StatusView['fleet'][number] }) {
  return (
    <li class={`trouble trouble-${props.problem.severity === 'critical' ? 'critical' : 'warning'}`}>
      <div class="trouble-head">
        <a class="name" href={paths.alert(props.problem.alertId)}>
          {placeOf({ server: null, kind: props.problem.kind })}
        </a>
      </div>
      <Problems problems={[props.problem]} />
    </li>
  );
}

/** A server of which there is nothing to say: small, many beside each other. */
export function CalmTile(props: { readonly server: ServerView }) {
  const { clock } = useKernel();
  const look = () => serverLooks[props.server.state];
  const heard = createMemo(() => {
    const at = props.server.lastHeartbeatAt;
    return at === null ? 'never heard' : timeAgo(at, clock.now());
  });
  return (
    <li>
      <a class="calm" href={paths.server(props.server.name)} title={props.server.name}>
        <span class={`tone-${look().tone}`}>
          <Icon name={look().icon} />
          <span class="visually-hidden">{look().word}: </span>
        </span>
        <span class="calm-name">{props.server.name}</span>
        <span class="calm-more">{props.server.state === 'up' ? heard() : look().word}</span>
      </a>
    </li>
  );
}
