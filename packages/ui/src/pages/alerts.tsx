import { useSearchParams } from '@solidjs/router';
import { createMemo, Show } from 'solid-js';
import { AlertTable } from '../components/alert-table.tsx';
import { Endless } from '../components/endless.tsx';
import { FaultNotice, Notice, Skeleton } from '../components/notice.tsx';
import { PageTitle } from '../components/page-title.tsx';
import { useKernel } from '../kernel/kernel.ts';
import { paths } from '../kernel/paths.ts';

/** Open ones first, then the old ones, without end. */
export function AlertsPage() {
  const [parameters] = useSearchParams<{ server: string }>();
  const server = createMemo(() => (typeof parameters.server === 'string' ? parameters.server : ''));
  return (
    <>
      <PageTitle title="Alerts" />
      <Show when={server() !== ''}>
        <p class="label-choice">
          Only of{' '}
          <a class="name" href={paths.server(server())}>
            {server()}
          </a>{' '}
          <a class="btn btn-sm btn-outline-primary" href={paths.alerts}>
            All alerts
          </a>
        </p>
      </Show>
      <AlertSection state="active" server={server()} />
      <AlertSection state="closed" server={server()} />
    </>
  );
}

function AlertSection(props: { readonly state: 'active' | 'closed'; readonly server: string }) {
  const kernel = useKernel();
  const list = kernel.alerts(createMemo(() => ({ state: props.state, server: props.server })));
  const closed = () => props.state === 'closed';
  const title = () => (closed() ? 'Closed' : 'Open');
  const id = () => `alerts-${props.state}`;
  return (
    <section aria-labelledby={id()}>
      <h2 id={id()}>{title()}</h2>
      <Show when={!list.loading()} fallback={<Skeleton what="the alerts" />}>
        <Show when={list.fault()}>{(fault) => <FaultNotice fault={fault()} />}</Show>
        <Show
          when={list.items().length > 0}
          fallback={
            <Show when={list.fault() === undefined && !list.changing()}>
              <Show when={closed()} fallback={<Notice tone="good" icon="check" title="No alert is open" />}>
                <p class="text-quiet">None yet: an alert comes here when it is over.</p>
              </Show>
            </Show>
          }
        >
          <AlertTable alerts={list.items()} caption={`${title()} alerts`} closed={closed()} />
          <Endless list={list} noun="alerts" />
        </Show>
      </Show>
    </section>
  );
}
