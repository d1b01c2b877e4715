/** The last day of a server as a bar of half hours: small, for lists. */
import { createMemo, Show } from 'solid-js';
import { useKernel } from '../kernel/kernel.ts';
import { clockTime } from '../kernel/relative-time.ts';
import { barPaths, barText, barTones, type Slot, slotsOfBar, slotText } from '../kernel/uptime.ts';
import { hideTip, showTip } from './tip.ts';

interface UptimeBarProps {
  /** As `ServerView.bars` has them; undefined while they are not loaded. */
  readonly letters: string | undefined;
  readonly server: string;
}

export function UptimeBar(props: UptimeBarProps) {
  const { clock } = useKernel();
  const slots = createMemo(() => slotsOfBar(props.letters ?? '', clock.read()));
  const words = () => barText(slots(), (at) => clockTime(at, clock.read()));
  return (
    <Show when={props.letters !== undefined} fallback={<span class="uptime-bar uptime-bar-none" />}>
      <span
        class="uptime-bar"
        role="img"
        aria-label={`${props.server}: ${words()}`}
        onPointerMove={(event) => tellSlot(event, slots(), clock.read())}
        onPointerLeave={hideTip}
      >
        <BarPicture slots={slots()} />
      </span>
    </Show>
  );
}

/** As wide as its place. Each state has a height of its own beside its colour. */
export function BarPicture(props: { readonly slots: readonly Slot[] }) {
  const paths = createMemo(() => barPaths(props.slots));
  return (
    <svg
      class="bar-picture"
      viewBox={`0 0 ${Math.max(1, props.slots.length) * 4} 24`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      {barTones.map((tone) => (
        <path class={`bar-${tone}`} d={paths()[tone]} />
      ))}
    </svg>
  );
}

/** The slot under the pointer, its time and what became of it. */
function tellSlot(event: PointerEvent & { currentTarget: HTMLElement }, slots: readonly Slot[], now: number): void {
  const place = event.currentTarget.getBoundingClientRect();
  const at = Math.floor(((event.clientX - place.left) / place.width) * slots.length);
  const slot = slots[Math.max(0, Math.min(slots.length - 1, at))];
  if (slot === undefined) return;
  showTip({ x: event.clientX, top: place.top }, `${slotTimes(slot, now)}: ${slotText(slot)}`);
}

/** "12:00 to 12:30". */
export function slotTimes({ from, to }: Slot, now: number): string {
  return `${clockTime(from, now)} to ${clockTime(to, now)}`;
}
