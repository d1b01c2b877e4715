import { routeName } from '@healthapp/shared/domain/route';
import { matchText, quietHoursText, remindersText } from '@healthapp/shared/domain/route-words';
import type { RouteView } from '@healthapp/shared/wire/routes';
import { For, Show } from 'solid-js';
import { Loaded, Notice } from '../components/notice.tsx';
import { PageTitle } from '../components/page-title.tsx';
import { RoutingForm } from '../components/routing-form.tsx';
import { Cell, HeadCell, Row, Rows, Table } from '../components/table.tsx';
import { capitalized } from '../kernel/capitalized.ts';
import { useKernel } from '../kernel/kernel.ts';
import { paths } from '../kernel/paths.ts';

const columns = [{ title: 'Route' }, { title: 'Matches' }, { title: 'Tells' }, { title: 'How' }];

/** Who is told of what, and a form that explains it of an alert that there might be. */
export function RoutesPage() {
  const view = useKernel().routes();
  return (
    <>
      <PageTitle title="Routes" />
      <p class="text-quiet page-about">
        Who is told of what. They are asked in this order; the first that matches decides.{' '}
        <a href={paths.receivers}>The receivers</a> are whom they name.
      </p>
      <Loaded view={view} what="the routes" missing={<NoProcessor />}>
        {(list) => (
          <>
            <Show when={list().routes.length > 0} fallback={<NoRoutes />}>
              <Table class="route-table" caption="Routes, in the order in which they are asked" columns={columns}>
                <Rows>
                  <For each={list().routes}>{(route) => <RouteRow route={route} />}</For>
                </Rows>
              </Table>
            </Show>
            <RoutingForm kinds={list().kinds} />
          </>
        )}
      </Loaded>
    </>
  );
}

function NoProcessor() {
  return (
    <Notice tone="quiet" icon="info" title="The routes are not known yet">
      A processor's configuration has them. Start <code>healthapp processor</code>.
    </Notice>
  );
}

function NoRoutes() {
  return (
    <Notice tone="quiet" icon="info" title="There are no routes">
      Everybody is told of everything. Write <code>routes:</code> into the processor's configuration to change that.
    </Notice>
  );
}

function RouteRow(props: { readonly route: RouteView }) {
  return (
    <Row>
      <HeadCell class="cell-what">
        <span class="name">{capitalized(routeName(props.route))}</span>
      </HeadCell>
      <Cell title="Matches">{capitalized(matchText(props.route.match))}</Cell>
      <Cell title="Tells">{props.route.to.join(', ')}</Cell>
      <Cell class="cell-how" title="How">
        <For each={howOf(props.route)} fallback={<span class="text-quiet">As is usual</span>}>
          {(words) => <div>{words}</div>}
        </For>
      </Cell>
    </Row>
  );
}

function howOf(route: RouteView): string[] {
  const reminders = remindersText(route);
  const quiet = quietHoursText(route.quietHours);
  return [
    ...(reminders === '' ? [] : [`Reminders ${reminders}`]),
    ...(quiet === '' ? [] : [`Quiet hours ${quiet}`]),
    ...(route.continue ? ['The routes after it are asked too'] : []),
  ];
}
