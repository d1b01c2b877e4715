/** Loading, a fault, nothing there: what stands where a thing would be. */
import { type JSX, type ParentProps, Show } from 'solid-js';
import type { ApiFault } from '../kernel/api-request.ts';
import { capitalized } from '../kernel/capitalized.ts';
import type { View } from '../kernel/view.ts';
import type { BadgeTone } from './badge.tsx';
import { Icon, type IconName } from './icon.tsx';

interface NoticeProps extends ParentProps {
  readonly tone: BadgeTone;
  readonly icon: IconName;
  readonly title: string;
}

export function Notice(props: NoticeProps) {
  return (
    <div class={`notice notice-${props.tone}`}>
      <span class={`notice-icon tone-${props.tone}`}>
        <Icon name={props.icon} />
      </span>
      <div class="notice-body">
        <p class="notice-title">{props.title}</p>
        <Show when={props.children}>
          <div class="notice-text">{props.children}</div>
        </Show>
      </div>
    </div>
  );
}

/** Grey lines where the rows will be. Only seen when loading takes a while. */
export function Skeleton(props: { readonly what: string; readonly rows?: number }) {
  return (
    <div class="skeleton" role="status">
      <span class="visually-hidden">Loading {props.what} …</span>
      {Array.from({ length: props.rows ?? 4 }, () => (
        <div class="skeleton-row" aria-hidden="true" />
      ))}
    </div>
  );
}

/** Room where pictures will be. */
export function PicturesToCome(props: { readonly what: string }) {
  return (
    <div class="pictures-to-come" role="status">
      <span class="visually-hidden">Loading {props.what} …</span>
    </div>
  );
}

export function FaultNotice(props: { readonly fault: ApiFault }) {
  return (
    <div role="alert">
      <Notice tone="critical" icon="exclamation" title={props.fault.title}>
        {capitalized(props.fault.message)}
      </Notice>
    </div>
  );
}

interface LoadedProps<T> {
  readonly view: View<T>;
  /** What is being loaded, for the sentence that says so. */
  readonly what: string;
  /** Stands there until it is loaded; grey lines unless given. */
  readonly meanwhile?: JSX.Element;
  /** Stands there when the API says that there is none. */
  readonly missing?: JSX.Element;
  readonly children: (value: () => T) => JSX.Element;
}

/** What is loaded; until then, or when that fails, why not. A value once loaded stays when a later load fails. */
export function Loaded<T>(props: LoadedProps<T>) {
  const fallback = () => {
    const fault = props.view.fault();
    if (fault === undefined) return props.meanwhile ?? <Skeleton what={props.what} />;
    return fault.status === 404 && props.missing !== undefined ? props.missing : <FaultNotice fault={fault} />;
  };
  return (
    <Show when={props.view.value()} fallback={fallback()}>
      {(value) => props.children(value as () => T)}
    </Show>
  );
}
