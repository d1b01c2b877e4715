/** A state as shape, word and colour. */
import type { AlertState } from '@healthapp/shared/domain/alert';
import type { NotificationState } from '@healthapp/shared/domain/notification';
import type { Severity } from '@healthapp/shared/domain/problem';
import type { ServerState } from '@healthapp/shared/domain/server';
import type { RoutingView } from '@healthapp/shared/wire/routes';
import { deliveryWords } from '../kernel/alert-text.ts';
import type { ReceiverState } from '../kernel/receiver-text.ts';
import { Icon, type IconName } from './icon.tsx';

export type BadgeTone = 'critical' | 'warning' | 'info' | 'good' | 'quiet';

interface Look {
  readonly tone: BadgeTone;
  readonly icon: IconName;
  readonly word: string;
}

export const serverLooks: Readonly<Record<ServerState, Look>> = {
  silent: { tone: 'critical', icon: 'cross', word: 'Down' },
  up: { tone: 'good', icon: 'check', word: 'Up' },
  stopped: { tone: 'quiet', icon: 'pause', word: 'Stopped' },
  unknown: { tone: 'info', icon: 'question', word: 'Unknown' },
};

export const severityLooks: Readonly<Record<Severity, Look>> = {
  critical: { tone: 'critical', icon: 'exclamation', word: 'Critical' },
  warning: { tone: 'warning', icon: 'triangle', word: 'Warning' },
  info: { tone: 'info', icon: 'info', word: 'Info' },
};

const alertStateLooks: Readonly<Record<AlertState, Omit<Look, 'tone'>>> = {
  created: { icon: 'exclamation', word: 'New' },
  ongoing: { icon: 'clock', word: 'Ongoing' },
  closed: { icon: 'check', word: 'Closed' },
};

const deliveryLooks: Readonly<Record<NotificationState, Omit<Look, 'word'>>> = {
  waiting: { tone: 'info', icon: 'clock' },
  held: { tone: 'quiet', icon: 'pause' },
  accepted: { tone: 'good', icon: 'check' },
  refused: { tone: 'critical', icon: 'cross' },
  expired: { tone: 'warning', icon: 'triangle' },
};

const receiverLooks = {
  accepts: { tone: 'good', icon: 'check', word: 'Accepts' },
  failing: { tone: 'critical', icon: 'cross', word: 'Fails' },
  unused: { tone: 'quiet', icon: 'question', word: 'Not used yet' },
} as const satisfies Record<ReceiverState, Look>;

const outcomeLooks: Readonly<Record<RoutingView['routes'][number]['outcome'], Look>> = {
  matches: { tone: 'good', icon: 'check', word: 'Matches' },
  differs: { tone: 'quiet', icon: 'cross', word: 'Does not match' },
  'not-asked': { tone: 'quiet', icon: 'pause', word: 'Is not asked' },
};

const keySetLooks = {
  signs: { tone: 'good', icon: 'check', word: 'Signs' },
  verifies: { tone: 'info', icon: 'clock', word: 'Still verifies' },
  removed: { tone: 'critical', icon: 'cross', word: 'Refused' },
} as const;

const ruleLooks = {
  breached: { tone: 'critical', icon: 'exclamation', word: 'Breached' },
  kept: { tone: 'good', icon: 'check', word: 'Not breached' },
} as const;

export function ReceiverBadge(props: { readonly state: ReceiverState }) {
  return <Badge {...receiverLooks[props.state]} />;
}

export function OutcomeBadge(props: { readonly outcome: keyof typeof outcomeLooks }) {
  return <Badge {...outcomeLooks[props.outcome]} />;
}

export function KeySetBadge(props: { readonly state: keyof typeof keySetLooks }) {
  return <Badge {...keySetLooks[props.state]} />;
}

export function RuleBadge(props: { readonly breached: boolean }) {
  return <Badge {...(props.breached ? ruleLooks.breached : ruleLooks.kept)} />;
}

export function Badge(props: Look) {
  return (
    <span class={`state state-${props.tone}`}>
      <Icon name={props.icon} />
      {props.word}
    </span>
  );
}

export function ServerStateBadge(props: { readonly state: ServerState }) {
  return <Badge {...serverLooks[props.state]} />;
}

export function SeverityBadge(props: { readonly severity: Severity }) {
  return <Badge {...severityLooks[props.severity]} />;
}

/** Open ones have the colour of their severity. */
export function AlertStateBadge(props: { readonly state: AlertState; readonly severity: Severity }) {
  const tone = () => (props.state === 'closed' ? 'good' : severityLooks[props.severity].tone);
  return <Badge {...alertStateLooks[props.state]} tone={tone()} />;
}

/** A status that this version does not know is given by its own word. */
export function CheckBadge(props: { readonly status: string | null }) {
  const look = (): Look => {
    if (props.status === 'ok') return { tone: 'good', icon: 'check', word: 'OK' };
    if (props.status === 'failed') return { tone: 'critical', icon: 'cross', word: 'Failed' };
    return { tone: 'info', icon: 'question', word: props.status ?? 'Unknown' };
  };
  return <Badge {...look()} />;
}

export function DeliveryBadge(props: { readonly state: NotificationState }) {
  return <Badge {...deliveryLooks[props.state]} word={deliveryWords[props.state]} />;
}
