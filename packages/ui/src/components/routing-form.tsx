/** The form that explains who would be told. */
import { severities } from '@healthapp/shared/domain/problem';
import { routeName } from '@healthapp/shared/domain/route';
import { matchText } from '@healthapp/shared/domain/route-words';
import type { RoutingView } from '@healthapp/shared/wire/routes';
import { createSignal, For, Show } from 'solid-js';
import { createStore } from 'solid-js/store';
import { createAction } from '../kernel/action.ts';
import { kindTitle } from '../kernel/alert-text.ts';
import type { RoutingQuery } from '../kernel/api.ts';
import { capitalized } from '../kernel/capitalized.ts';
import { useKernel } from '../kernel/kernel.ts';
import { emptyRoutingDraft, type RoutingDraft, readRoutingDraft, routingFieldOf } from '../kernel/routing-draft.ts';
import { ActionButton } from './action-button.tsx';
import { OutcomeBadge } from './badge.tsx';
import { Field, TermField } from './field.tsx';
import { createFormFaults } from './form-faults.ts';
import { FaultNotice } from './notice.tsx';
import { Cell, HeadCell, Row, Rows, Table } from './table.tsx';
import { At } from './time.tsx';

interface RoutingFormProps {
  /** What there is to be told of. */
  readonly kinds: readonly string[];
}

export function RoutingForm(props: RoutingFormProps) {
  const { trials } = useKernel();
  let form: HTMLFormElement | undefined;
  const [draft, setDraft] = createStore<RoutingDraft>({ ...emptyRoutingDraft });
  const [answer, setAnswer] = createSignal<RoutingView>();
  const action = createAction<RoutingQuery, RoutingView>(trials.explainRoutes, setAnswer);
  const faults = createFormFaults(() => form, action.fault, routingFieldOf);
  /** What is shown is the answer to what stands in the form. */
  const change = (part: Partial<RoutingDraft>) => {
    setDraft(part);
    faults.find({});
    setAnswer(undefined);
    action.dismiss();
  };

  function submit(event: Event): void {
    event.preventDefault();
    const read = readRoutingDraft(draft);
    if (read.kind === 'query') action.run(read.query);
    else faults.find(read.faults);
  }

  return (
    <form ref={form} class="page-form" aria-labelledby="who-would-be-told" noValidate onSubmit={submit}>
      <h2 id="who-would-be-told">Who would be told?</h2>
      <div class="field-columns">
        <TermField
          title="Server"
          hint="Its name; empty for what concerns no server"
          fault={faults.fields().server}
          value={draft.server}
          maxlength={253}
          onInput={(server) => change({ server })}
        />
        <Field title="Kind of alert" fault={faults.fields().kind}>
          {(parts) => (
            <select {...parts()} class="form-select" onChange={(event) => change({ kind: event.currentTarget.value })}>
              <For each={props.kinds}>
                {(kind) => (
                  <option value={kind} selected={draft.kind === kind}>
                    {kindTitle(kind)}
                  </option>
                )}
              </For>
            </select>
          )}
        </Field>
        <TermField
          title="Labels"
          hint="key=value, with commas between; empty: those it has"
          fault={faults.fields().label}
          value={draft.label}
          onInput={(label) => change({ label })}
        />
        <Field title="Severity" fault={faults.fields().severity}>
          {(parts) => (
            <select
              {...parts()}
              class="form-select"
              onChange={(event) => change({ severity: event.currentTarget.value })}
            >
              <option value="">The kind's own</option>
              <For each={severities}>{(severity) => <option value={severity}>{capitalized(severity)}</option>}</For>
            </select>
          )}
        </Field>
        <Field title="When" fault={faults.fields().at} hint="For quiet hours; empty: now">
          {(parts) => (
            <input
              {...parts()}
              type="datetime-local"
              class="form-control field-time"
              value={draft.at}
              onInput={(event) => change({ at: event.currentTarget.value })}
            />
          )}
        </Field>
      </div>
      <Show when={faults.other()}>{(fault) => <FaultNotice fault={fault()} />}</Show>
      <ActionButton action={action}>Explain</ActionButton>
      <div role="status">
        <Show when={answer()}>{(routing) => <Explanation routing={routing()} />}</Show>
      </div>
    </form>
  );
}

const toldColumns = [{ title: 'Told' }, { title: 'Because' }, { title: 'When' }];
const askedColumns = [{ title: 'Route' }, { title: 'Matches' }, { title: 'Tells' }, { title: 'What came of it' }];

function Explanation(props: { readonly routing: RoutingView }) {
  return (
    <>
      <h3>{props.routing.told.length === 0 ? 'Nobody is told' : 'These are told'}</h3>
      <Show when={props.routing.told.length > 0}>
        <Table class="told-table" caption="Who is told" columns={toldColumns}>
          <Rows>
            <For each={props.routing.told}>
              {({ receiver, because, heldUntil }) => (
                <Row>
                  <HeadCell class="cell-what">
                    <span class="name">{receiver}</span>
                  </HeadCell>
                  <Cell title="Because">{capitalized(because)}</Cell>
                  <Cell title="When">
                    <Show when={heldUntil} fallback="At once">
                      {(at) => (
                        <>
                          After the quiet hours, <At at={at()} />
                        </>
                      )}
                    </Show>
                  </Cell>
                </Row>
              )}
            </For>
          </Rows>
        </Table>
      </Show>
      <Show when={props.routing.routes.length > 0}>
        <h3>What came of each route</h3>
        <Table class="route-table" caption="What came of each route" columns={askedColumns}>
          <Rows>
            <For each={props.routing.routes}>
              {(route) => (
                <Row>
                  <HeadCell class="cell-what">
                    <span class="name">{capitalized(routeName(route))}</span>
                  </HeadCell>
                  <Cell title="Matches">{capitalized(matchText(route.match))}</Cell>
                  <Cell title="Tells">{route.to.join(', ')}</Cell>
                  <Cell class="cell-how">
                    <OutcomeBadge outcome={route.outcome} />
                    <Show when={route.why}>{(why) => <span class="cell-more">{capitalized(why())}</span>}</Show>
                  </Cell>
                </Row>
              )}
            </For>
          </Rows>
        </Table>
      </Show>
    </>
  );
}
