/** A small mark for what a server runs on, beside its name. */
import { createMemo, type JSX, Show } from 'solid-js';

interface Mark {
  readonly title: string;
  readonly shape: () => JSX.Element;
}

const linux: Mark = {
  title: 'Linux',
  shape: () => (
    <>
      <path
        d="M10 1.5c-2.3 0-3.5 1.7-3.4 4 .1 2-.3 3-1.5 4.8C4 12 3.5 14 4.3 16c.9 2 3.2 2.7 5.7 2.7s4.8-.7 5.7-2.7c.8-2 .3-4-.8-5.7-1.2-1.8-1.6-2.8-1.5-4.8.1-2.3-1.1-4-3.4-4z"
        fill="currentColor"
      />
      <ellipse class="mark-belly" cx="10" cy="13" rx="3.6" ry="4.3" />
      <path class="mark-accent" d="M8.2 6.6 10 5.8l1.8.8L10 8.3zM3 17.5l3-2.2 2.2 3-3.4.9zm14 0-3-2.2-2.2 3 3.4.9z" />
    </>
  ),
};

const marks: Readonly<Record<string, Mark>> = {
  linux,
  darwin: {
    title: 'macOS',
    shape: () => (
      <path
        d="M13.7 1c.1 1.9-1.5 3.7-3.4 3.7C10 2.9 11.8 1.1 13.7 1zM10.3 6c.8 0 1.7-.8 3.1-.8 1.3 0 2.7.7 3.5 2-3 1.7-2.5 5.8.6 7-.7 2-2.3 4.6-4 4.6-1.2 0-1.7-.8-3.2-.8-1.6 0-2.1.8-3.2.8-2.1 0-4.9-4.6-4.9-8.3 0-3.2 2-5.2 4.3-5.2 1.6 0 2.8.7 3.8.7z"
        fill="currentColor"
      />
    ),
  },
  // One that does not say what it runs on.
  host: {
    title: 'Host',
    shape: () => <path d="M3 3h14v6H3zm2 2v2h2V5zm-2 6h14v6H3zm2 2v2h2v-2z" fill="currentColor" fill-rule="evenodd" />,
  },
  win32: {
    title: 'Windows',
    shape: () => <path d="M2 2h7.6v7.6H2zm8.4 0H18v7.6h-7.6zM2 10.4h7.6V18H2zm8.4 0H18V18h-7.6z" fill="currentColor" />,
  },
};

export function OsMark(props: { readonly os: string | null; readonly kind: string }) {
  const mark = createMemo(() => marks[props.os ?? props.kind]);
  const other = () => props.os ?? props.kind;
  return (
    <Show
      when={mark()}
      fallback={
        <span class="os-mark os-letter" title={other()}>
          <span aria-hidden="true">{other().slice(0, 1).toUpperCase() || '?'}</span>
          <span class="visually-hidden">{other()}</span>
        </span>
      }
    >
      {(known) => (
        <span class="os-mark" title={known().title}>
          <svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
            {known().shape()}
          </svg>
          <span class="visually-hidden">{known().title}</span>
        </span>
      )}
    </Show>
  );
}
