import type { SilenceView } from '@healthapp/shared/wire/api';
import { useNavigate, useSearchParams } from '@solidjs/router';
import { createMemo, createSignal, Show } from 'solid-js';
import { Icon } from '../components/icon.tsx';
import { Loaded, Notice } from '../components/notice.tsx';
import { PageTitle } from '../components/page-title.tsx';
import { SilenceForm } from '../components/silence-form.tsx';
import { SilenceTable } from '../components/silence-table.tsx';
import { useKernel } from '../kernel/kernel.ts';
import { paths } from '../kernel/paths.ts';
import { matchWords, silencePhase, timesWords } from '../kernel/silence-text.ts';

/** Those that hold, those to come, those that are over; and the form for a new one, filled in by the address. */
export function SilencesPage() {
  const kernel = useKernel();
  const view = kernel.silences();
  const [parameters] = useSearchParams<{ server: string; kind: string; new: string }>();
  const text = (value: string | readonly string[] | undefined) => (typeof value === 'string' ? value : '');
  /** One form for each address: another one begins anew. */
  const wanted = createMemo(
    () => {
      const server = text(parameters.server);
      const kind = text(parameters.kind);
      return server + kind + text(parameters.new) === '' ? undefined : { server, kind };
    },
    undefined,
    { equals: (one, other) => JSON.stringify(one) === JSON.stringify(other) },
  );
  const navigate = useNavigate();
  const [done, setDone] = createSignal('');
  let title: HTMLHeadingElement | undefined;

  function happened(words: string): void {
    setDone(words);
    view.soon();
    title?.focus();
  }
  function made(silence: SilenceView): void {
    navigate(paths.silences, { replace: true });
    happened(`Silenced: ${matchWords(silence.match)}, ${timesWords(silence, kernel.clock.read())}.`);
  }

  return (
    <>
      <PageTitle
        title="Silences"
        ref={(heading) => {
          title = heading;
        }}
      >
        <Show when={kernel.session.mayAct() && wanted() === undefined}>
          <a class="btn btn-primary" href={paths.newSilence} onClick={() => setDone('')}>
            New silence
          </a>
        </Show>
      </PageTitle>
      <p class="text-quiet page-about">
        While a silence holds, nobody is told of the alerts that it matches. They are recorded and shown as ever.
      </p>
      <p role="status" class="done">
        <Show when={done()}>
          <Icon name="check" /> {done()}
        </Show>
      </p>
      <Show when={kernel.session.mayAct() && wanted()} keyed>
        {(given) => <SilenceForm server={given.server} kind={given.kind} onDone={made} />}
      </Show>
      <Loaded view={view} what="the silences">
        {(list) => <Silences silences={list().silences} onEnded={happened} />}
      </Loaded>
    </>
  );
}

const phases = [
  { phase: 'now', id: 'silences-now', title: 'Hold now' },
  { phase: 'to-come', id: 'silences-to-come', title: 'To come' },
  { phase: 'over', id: 'silences-over', title: 'Over' },
] as const;

interface SilencesProps {
  readonly silences: readonly SilenceView[];
  /** In words, what became of it. */
  readonly onEnded: (words: string) => void;
}

function Silences(props: SilencesProps) {
  const { clock } = useKernel();
  return (
    <Show
      when={props.silences.length > 0}
      fallback={
        <Notice tone="quiet" icon="info" title="Nothing is silenced">
          Everybody is told of every alert.
        </Notice>
      }
    >
      {phases.map(({ phase, id, title }) => {
        const ones = createMemo(
          () => props.silences.filter((silence) => silencePhase(silence, clock.now()) === phase),
          undefined,
          { equals: (one, other) => one.length === other.length && one.every((silence, at) => silence === other[at]) },
        );
        return (
          <Show when={ones().length > 0}>
            <section aria-labelledby={id}>
              <h2 id={id}>{title}</h2>
              <SilenceTable silences={ones()} phase={phase} caption={`Silences: ${title}`} onEnded={props.onEnded} />
            </section>
          </Show>
        );
      })}
    </Show>
  );
}
