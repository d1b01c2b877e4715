/** What is expected of a server next, counting. */
import type { ServerDetailView } from '@healthapp/shared/wire/api';
import { createMemo, Show } from 'solid-js';
import { useKernel } from '../kernel/kernel.ts';
import { type Outlook, outlook } from '../kernel/outlook.ts';
import { Icon, type IconName } from './icon.tsx';
import { At } from './time.tsx';

const outlookIcons: Readonly<Record<Outlook['kind'], IconName>> = {
  expected: 'clock',
  unknown: 'question',
  late: 'triangle',
  silent: 'cross',
  stopped: 'pause',
  planned: 'pause',
  'never-heard': 'question',
  'never-reported': 'question',
};

const outlookTones: Readonly<Record<Outlook['kind'], string>> = {
  expected: 'good',
  unknown: 'info',
  late: 'warning',
  silent: 'critical',
  stopped: 'quiet',
  planned: 'info',
  'never-heard': 'info',
  'never-reported': 'critical',
};

/** When the next heartbeat is due, counting; or since when it is missing. */
export function OutlookBox(props: { readonly server: ServerDetailView }) {
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
