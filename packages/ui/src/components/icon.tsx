/** Shapes of 16 by 16 in the colour of the text around. Each state has a shape of its own: colour never stands alone. */
import { createMemo, type JSX } from 'solid-js';

export type IconName =
  | 'check'
  | 'cross'
  | 'pause'
  | 'question'
  | 'exclamation'
  | 'triangle'
  | 'info'
  | 'clock'
  | 'sun'
  | 'moon'
  | 'half'
  | 'search'
  | 'arrow'
  | 'wave'
  | 'seen'
  | 'muted'
  | 'menu';

const octagon = 'M4.8.5h6.4l4.3 4.3v6.4l-4.3 4.3H4.8L.5 11.2V4.8z';

/** Filled shapes with their sign cut out. */
const shapes: Readonly<Record<IconName, () => JSX.Element>> = {
  check: () => (
    <>
      <circle cx="8" cy="8" r="7.5" fill="currentColor" />
      <path class="icon-sign" d="m4.4 8.3 2.5 2.5 4.8-5.3" />
    </>
  ),
  cross: () => (
    <>
      <path d={octagon} fill="currentColor" />
      <path class="icon-sign" d="m5.2 5.2 5.6 5.6m0-5.6-5.6 5.6" />
    </>
  ),
  pause: () => (
    <>
      <rect x=".5" y=".5" width="15" height="15" rx="3" fill="currentColor" />
      <path class="icon-sign" d="M6 4.8v6.4m4-6.4v6.4" />
    </>
  ),
  question: () => (
    <>
      <path d="M8 .2 15.8 8 8 15.8.2 8z" fill="currentColor" />
      <path class="icon-sign" d="M6.3 6.4c0-2.2 3.5-2.2 3.5 0 0 1.2-1.7 1.3-1.7 2.5m0 2.1v.1" />
    </>
  ),
  exclamation: () => (
    <>
      <path d={octagon} fill="currentColor" />
      <path class="icon-sign" d="M8 4v4.6m0 3v.1" />
    </>
  ),
  triangle: () => (
    <>
      <path
        d="M8 .8c.5 0 .9.2 1.1.7l6.2 11.9c.4.8-.2 1.8-1.1 1.8H1.8c-.9 0-1.5-1-1.1-1.8L6.9 1.5c.2-.5.6-.7 1.1-.7z"
        fill="currentColor"
      />
      <path class="icon-sign" d="M8 5.6v3.8m0 2.7v.1" />
    </>
  ),
  info: () => (
    <>
      <circle cx="8" cy="8" r="7.5" fill="currentColor" />
      <path class="icon-sign" d="M8 7.4v4.2m0-7v.1" />
    </>
  ),
  clock: () => (
    <>
      <circle cx="8" cy="8" r="7.5" fill="currentColor" />
      <path class="icon-sign" d="M8 4.2V8l2.6 2" />
    </>
  ),
  sun: () => (
    <path
      class="icon-line"
      d="M8 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6zm0-4.2v1.4m0 11.6v1.4M.8 8h1.4m11.6 0h1.4M2.9 2.9l1 1m8.2 8.2 1 1m0-10.2-1 1m-8.2 8.2-1 1"
    />
  ),
  moon: () => <path class="icon-line" d="M13.8 9.9A6.3 6.3 0 0 1 6.1 2.2a6.3 6.3 0 1 0 7.7 7.7z" />,
  half: () => (
    <>
      <circle class="icon-line" cx="8" cy="8" r="6.3" />
      <path d="M8 1.7a6.3 6.3 0 0 1 0 12.6z" fill="currentColor" />
    </>
  ),
  search: () => <path class="icon-line" d="M7 2a5 5 0 1 0 0 10A5 5 0 0 0 7 2zm3.6 8.6 3.6 3.6" />,
  arrow: () => <path class="icon-line" d="m6 3 5 5-5 5" />,
  wave: () => <path class="icon-line" d="m.9 8 2.3-4.6 3.2 9.2 3.2-9.2 3.2 9.2L15.1 8" />,
  seen: () => (
    <>
      <path class="icon-line" d="M.9 8S3.4 3.4 8 3.4 15.1 8 15.1 8 12.6 12.6 8 12.6.9 8 .9 8z" />
      <circle cx="8" cy="8" r="2.2" fill="currentColor" />
    </>
  ),
  menu: () => <path class="icon-line" d="M2 4h12M2 8h12M2 12h12" />,
  muted: () => (
    <path class="icon-line" d="M12 9.2V6.6a4 4 0 0 0-6.6-3M4 6.2v3.6l-1.3 2h8.8M6.7 14.4h2.6M1.9 1.9l12.2 12.2" />
  ),
};

export function Icon(props: { readonly name: IconName }) {
  // Made anew only for another name, not whenever what the name comes from changes.
  const name = createMemo(() => props.name);
  return (
    <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      {shapes[name()]()}
    </svg>
  );
}
