/** Which alerts are held back from whom at this moment, by the quiet hours of the routes. */
import type { HoldContext } from '@healthapp/shared/domain/hold';
import { type Route, routesOf } from '@healthapp/shared/domain/route';
import { quietUntil } from '@healthapp/shared/schedule/quiet-hours';

/** @param receivers names. @param now ms since 1970; the clocks on the wall are looked at once, not for each alert. */
export function quietTimes(
  routes: readonly Route[],
  receivers: readonly string[],
  now: number,
): HoldContext['quietUntil'] {
  const ends = new Map(
    routes.map(({ index, quietHours }) => [index, quietHours === null ? null : quietUntil(quietHours, now)]),
  );
  if ([...ends.values()].every((end) => end === null)) return () => null;
  return (alert, receiver) => {
    const told = routesOf(alert, routes, receivers).told.find((one) => one.receiver === receiver);
    if (told?.because.kind !== 'route') return null;
    const { index, quietHours } = told.because.route;
    return quietHours?.except.includes(alert.kind) === true ? null : (ends.get(index) ?? null);
  };
}
