import type { SilenceView } from '@healthapp/shared/wire/api';
import { createSignal, For, Match, Show, Switch } from 'solid-js';
import { createAction } from '../kernel/action.ts';
import { useKernel } from '../kernel/kernel.ts';
import { matchWords, recurrenceWords, type silencePhase } from '../kernel/silence-text.ts';
import { AskingDialog } from './dialog.tsx';
import { Cell, HeadCell, Row, Rows, Table } from './table.tsx';
import { Ago, At } from './time.tsx';

interface SilenceTableProps {
  readonly silences: readonly SilenceView[];
  readonly phase: ReturnType<typeof silencePhase>;
  readonly caption: string;
  /** In words, what became of it. */
  readonly onEnded: (words: string) => void;
}

export function SilenceTable(props: SilenceTableProps) {
  const { session } = useKernel();
  const endable = () => props.phase !== 'over' && session.mayAct();
  const columns = () => [
    { title: 'What' },
    { title: 'When' },
    { title: 'By' },
    ...(endable() ? [{ title: 'End' }] : []),
  ];
  return (
    <Table class={`silence-table ${endable() ? '' : 'silences-over'}`} caption={props.caption} columns={columns()}>
      <Rows>
        <For each={props.silences}>
          {(silence) => <SilenceRow silence={silence} phase={props.phase} onEnded={props.onEnded} />}
        </For>
      </Rows>
    </Table>
  );
}

interface SilenceRowProps {
  readonly silence: SilenceView;
  readonly phase: SilenceTableProps['phase'];
  readonly onEnded: (words: string) => void;
}

function SilenceRow(props: SilenceRowProps) {
  const { session } = useKernel();
  const [asking, setAsking] = createSignal(false);
  const verb = () => (props.phase === 'now' ? 'End' : 'Call off');
  return (
    <Row>
      <HeadCell class="cell-what">
        <span class="name">{matchWords(props.silence.match)}</span>
        <span class="cell-more">{props.silence.reason}</span>
      </HeadCell>
      <Cell class="cell-when" title="When">
        <When silence={props.silence} phase={props.phase} />
      </Cell>
      <Cell title="By">
        {props.silence.createdBy}
        <span class="cell-more">
          <Ago at={props.silence.createdAt} />
        </span>
      </Cell>
      <Show when={props.phase !== 'over' && session.mayAct()}>
        <Cell class="cell-act">
          <button
            type="button"
            class="btn btn-sm btn-outline-primary"
            aria-haspopup="dialog"
            onClick={() => setAsking(true)}
          >
            {verb()}
            <span class="visually-hidden">: {matchWords(props.silence.match)}</span>
          </button>
          <Show when={asking()}>
            <Ending silence={props.silence} verb={verb()} onClose={() => setAsking(false)} onEnded={props.onEnded} />
          </Show>
        </Cell>
      </Show>
    </Row>
  );
}

function When(props: { readonly silence: SilenceView; readonly phase: SilenceTableProps['phase'] }) {
  return (
    <Switch
      fallback={
        <>
          <At at={props.silence.startsAt} /> to <At at={props.silence.endsAt} />
        </>
      }
    >
      <Match when={props.silence.recurring}>
        {(recurring) => (
          <>
            {recurrenceWords(recurring(), props.silence)}
            <Show when={props.silence.activeUntil}>
              {(at) => (
                <span class="cell-more">
                  now until <At at={at()} />
                </span>
              )}
            </Show>
            <Show when={props.silence.nextAt}>
              {(at) => (
                <span class="cell-more">
                  next: <At at={at()} />, <Ago at={at()} />
                </span>
              )}
            </Show>
          </>
        )}
      </Match>
      <Match when={props.phase === 'now'}>
        until <At at={props.silence.endsAt} />
        <span class="cell-more">
          ends <Ago at={props.silence.endsAt} />
        </span>
      </Match>
      <Match when={props.phase === 'to-come'}>
        <At at={props.silence.startsAt} /> to <At at={props.silence.endsAt} />
        <span class="cell-more">
          begins <Ago at={props.silence.startsAt} />
        </span>
      </Match>
    </Switch>
  );
}

interface EndingProps {
  readonly silence: SilenceView;
  readonly verb: string;
  readonly onClose: () => void;
  readonly onEnded: (words: string) => void;
}

function Ending(props: EndingProps) {
  const { acts } = useKernel();
  const action = createAction<void, void>(
    () => acts.endSilence(props.silence.id),
    () => {
      props.onClose();
      props.onEnded(`Ended: ${matchWords(props.silence.match)}. People are told of it again.`);
    },
  );
  return (
    <AskingDialog title={`${props.verb} this silence?`} verb={props.verb} action={action} onClose={props.onClose}>
      <p>
        <strong>{matchWords(props.silence.match)}</strong> (“{props.silence.reason}”)
      </p>
      <p>
        {props.silence.recurring === null ? '' : 'All of its occurrences go. '}
        People are told at once of what it held back and what still stands.
      </p>
    </AskingDialog>
  );
}
