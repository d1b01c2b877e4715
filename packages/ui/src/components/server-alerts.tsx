import { createMemo, Show } from 'solid-js';
import { useKernel } from '../kernel/kernel.ts';
import { paths } from '../kernel/paths.ts';
import { AlertTable } from './alert-table.tsx';
import { FaultNotice, Skeleton } from './notice.tsx';

const shownClosed = 10;

export function ServerAlerts(props: { readonly name: string }) {
  const kernel = useKernel();
  const open = kernel.alerts(createMemo(() => ({ state: 'active', server: props.name }) as const));
  const closed = kernel.alerts(createMemo(() => ({ state: 'closed', server: props.name }) as const));
  const loading = () => open.loading() || closed.loading();
  const none = () => open.items().length + closed.items().length === 0;
  const fault = () => open.fault() ?? closed.fault();
  return (
    <section aria-labelledby="alerts-of-server">
      <h2 id="alerts-of-server">Alerts</h2>
      <Show when={!loading()} fallback={<Skeleton what="its alerts" rows={2} />}>
        <Show when={fault()}>{(problem) => <FaultNotice fault={problem()} />}</Show>
        <Show when={none() && fault() === undefined}>
          <p class="text-quiet">There has been none.</p>
        </Show>
        <Show when={open.items().length > 0}>
          <AlertTable alerts={open.items()} caption="Open alerts of this server" closed={false} ofOneServer />
        </Show>
        <Show when={closed.items().length > 0}>
          <h3>Closed</h3>
          <AlertTable
            alerts={closed.items().slice(0, shownClosed)}
            caption="Closed alerts of this server"
            closed
            ofOneServer
          />
        </Show>
        <Show when={closed.items().length > shownClosed || closed.more()}>
          <p class="section-more">
            <a href={paths.alertsOf(props.name)}>All alerts of this server</a>
          </p>
        </Show>
      </Show>
    </section>
  );
}
