/** Where a key leads in a row of points: as in every slider (ARIA Authoring Practices), a page being a tenth. */
export function steppedBy(key: string, at: number, count: number): number | undefined {
  const tenth = Math.max(1, Math.round(count / 10));
  const steps: Readonly<Record<string, number>> = {
    ArrowLeft: at - 1,
    ArrowDown: at - 1,
    ArrowRight: at + 1,
    ArrowUp: at + 1,
    PageDown: at - tenth,
    PageUp: at + tenth,
    Home: 0,
    End: count - 1,
  };
  const next = steps[key];
  return next === undefined || count === 0 ? undefined : Math.min(count - 1, Math.max(0, next));
}
