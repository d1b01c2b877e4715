import type { RuleView } from '@healthapp/shared/wire/rules';
import { createSignal, For, Show } from 'solid-js';
import { createAction } from '../kernel/action.ts';
import { capitalized } from '../kernel/capitalized.ts';
import { useKernel } from '../kernel/kernel.ts';
import { paths } from '../kernel/paths.ts';
import { actionWords, originWords, toldWords } from '../kernel/rule-text.ts';
import { RuleBadge } from './badge.tsx';
import { AskingDialog } from './dialog.tsx';
import { Cell, HeadCell, Row, Rows, Table } from './table.tsx';
import { Ago } from './time.tsx';

interface RuleTableProps {
  readonly rules: readonly RuleView[];
  /** In words, what became of it. */
  readonly onRemoved: (words: string) => void;
}

export function RuleTable(props: RuleTableProps) {
  const { session } = useKernel();
  const columns = () => [
    { title: 'Rule' },
    { title: 'State' },
    { title: 'Action' },
    { title: 'Tells' },
    ...(session.mayAct() ? [{ title: 'Change' }] : []),
  ];
  return (
    <Table class={`rule-table ${session.mayAct() ? '' : 'rules-only-read'}`} caption="Rules" columns={columns()}>
      <Rows>
        <For each={props.rules}>{(rule) => <RuleRow rule={rule} onRemoved={props.onRemoved} />}</For>
      </Rows>
    </Table>
  );
}

function RuleRow(props: { readonly rule: RuleView; readonly onRemoved: (words: string) => void }) {
  const { session } = useKernel();
  return (
    <Row critical={props.rule.standing.length > 0}>
      <HeadCell class="cell-what">
        <span class="name">{capitalized(props.rule.text)}</span>
        <span class="cell-more">
          {originWords(props.rule)}
          <Show when={props.rule.changedAt}>
            {(at) => (
              <>
                , changed <Ago at={at()} />
              </>
            )}
          </Show>
        </span>
      </HeadCell>
      <Cell class="cell-state">
        <RuleBadge breached={props.rule.standing.length > 0} />
        <For each={props.rule.standing}>
          {({ alertId, server, dyno, since }) => (
            <span class="cell-more">
              <a href={paths.alert(alertId)}>
                {server}, {dyno}
              </a>{' '}
              <Ago at={since} />
            </span>
          )}
        </For>
      </Cell>
      <Cell title="Action">{actionWords[props.rule.action]}</Cell>
      <Cell title="Tells">{toldWords(props.rule)}</Cell>
      <Show when={session.mayAct()}>
        <Cell class="cell-act">
          <Show when={props.rule.source === 'own'} fallback={<span class="text-quiet">Only in the configuration</span>}>
            <a class="btn btn-sm btn-outline-primary" href={paths.changeRule(props.rule.id)}>
              Change<span class="visually-hidden">: {props.rule.text}</span>
            </a>
            <Removing rule={props.rule} onRemoved={props.onRemoved} />
          </Show>
        </Cell>
      </Show>
    </Row>
  );
}

function Removing(props: { readonly rule: RuleView; readonly onRemoved: (words: string) => void }) {
  const { acts } = useKernel();
  const [asking, setAsking] = createSignal(false);
  const action = createAction<void, void>(
    () => acts.removeRule(props.rule.id),
    () => {
      setAsking(false);
      props.onRemoved(`Removed: ${props.rule.text}.`);
    },
  );
  return (
    <>
      <button
        type="button"
        class="btn btn-sm btn-outline-primary"
        aria-haspopup="dialog"
        onClick={() => setAsking(true)}
      >
        Remove<span class="visually-hidden">: {props.rule.text}</span>
      </button>
      <Show when={asking()}>
        <AskingDialog title="Remove this rule?" verb="Remove" action={action} onClose={() => setAsking(false)}>
          <p>
            <strong>{capitalized(props.rule.text)}</strong>
          </p>
          <p>Nobody is told of these errors any more, and an alert that it has opened is closed.</p>
        </AskingDialog>
      </Show>
    </>
  );
}
