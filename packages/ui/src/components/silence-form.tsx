/** The form that makes a silence. */
import { problemKinds } from '@healthapp/shared/domain/problem';
import type { NewSilence, SilenceView } from '@healthapp/shared/wire/api';
import { createMemo, For, onMount, Show } from 'solid-js';
import { createStore } from 'solid-js/store';
import { createAction } from '../kernel/action.ts';
import { kindTitle } from '../kernel/alert-text.ts';
import { useKernel } from '../kernel/kernel.ts';
import { paths } from '../kernel/paths.ts';
import {
  draftFieldOf,
  draftLengths,
  emptyDraft,
  quickLengths,
  readDraft,
  type SilenceDraft,
} from '../kernel/silence-draft.ts';
import { matchWords, timesWords } from '../kernel/silence-text.ts';
import { ActionButton } from './action-button.tsx';
import { Choices, Field, TermField } from './field.tsx';
import { createFormFaults } from './form-faults.ts';
import { Icon } from './icon.tsx';
import { FaultNotice } from './notice.tsx';

const lengthChoices = draftLengths.map((id) => ({ id, words: id === 'until' ? 'Until …' : quickLengths[id].words }));
const beginChoices = [
  { id: 'now', words: 'Now' },
  { id: 'later', words: 'Later …' },
] as const;
const recurrenceWordsOf: Readonly<Record<SilenceDraft['recurs'], string>> = {
  none: 'Once',
  daily: 'Every day',
  weekly: 'Every week, on the day it begins',
  custom: 'By a rule of your own',
};

interface SilenceFormProps {
  /** What the form begins with. */
  readonly server: string;
  readonly kind: string;
  readonly onDone: (silence: SilenceView) => void;
}

export function SilenceForm(props: SilenceFormProps) {
  const { acts, clock } = useKernel();
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  let form: HTMLFormElement | undefined;
  let title: HTMLHeadingElement | undefined;
  onMount(() => title?.focus());

  const [draft, setDraft] = createStore<SilenceDraft>(
    emptyDraft(clock.read(), { server: props.server, kind: props.kind }),
  );
  const action = createAction<NewSilence, SilenceView>(acts.addSilence, (silence) => props.onDone(silence));
  const faults = createFormFaults(() => form, action.fault, draftFieldOf);
  const change = (part: Partial<SilenceDraft>) => {
    setDraft(part);
    faults.find({});
    action.dismiss();
  };

  /** What it would be, before its reason is written. */
  const preview = createMemo(() => {
    const read = readDraft({ ...draft, reason: 'not yet' }, clock.now(), timeZone);
    return read.kind === 'silence' ? read.silence : undefined;
  });

  function submit(event: Event): void {
    event.preventDefault();
    const read = readDraft(draft, clock.read(), timeZone);
    if (read.kind === 'silence') action.run(read.silence);
    else faults.find(read.faults);
  }

  return (
    <form ref={form} class="page-form" aria-labelledby="new-silence" noValidate onSubmit={submit}>
      <h2 id="new-silence" ref={title} tabindex="-1">
        New silence
      </h2>
      <div class="field-columns">
        <TermField
          title="Server"
          hint="Its name; * stands for any characters: db-*"
          fault={faults.fields().server}
          value={draft.server}
          maxlength={253}
          onInput={(server) => change({ server })}
        />
        <Field title="Kind of alert" fault={faults.fields().kind}>
          {(parts) => (
            <select {...parts()} class="form-select" onChange={(event) => change({ kind: event.currentTarget.value })}>
              <option value="">Every kind</option>
              <For each={kindsWith(props.kind)}>
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
          hint="key=value, with commas between; may be empty"
          fault={faults.fields().label}
          value={draft.label}
          onInput={(label) => change({ label })}
        />
        <Field title="Why" fault={faults.fields().reason}>
          {(parts) => (
            <input
              {...parts()}
              class="form-control"
              autocomplete="off"
              maxlength="1000"
              required
              value={draft.reason}
              onInput={(event) => change({ reason: event.currentTarget.value })}
            />
          )}
        </Field>
      </div>
      <Choices
        title="For how long"
        choices={lengthChoices}
        chosen={draft.lasts}
        onChoose={(lasts) => change({ lasts })}
      />
      <Show when={draft.lasts === 'until' || faults.fields().until}>
        <Field title="Until" fault={faults.fields().until}>
          {(parts) => (
            <input
              {...parts()}
              type="datetime-local"
              class="form-control field-time"
              value={draft.until}
              onInput={(event) => change({ lasts: 'until', until: event.currentTarget.value })}
            />
          )}
        </Field>
      </Show>
      <div class="field-columns">
        <div>
          <Choices
            title="Begins"
            choices={beginChoices}
            chosen={draft.begins}
            onChoose={(begins) => change({ begins })}
          />
          <Show when={draft.begins === 'later'}>
            <Field title="From" fault={faults.fields().startsAt}>
              {(parts) => (
                <input
                  {...parts()}
                  type="datetime-local"
                  class="form-control field-time"
                  value={draft.startsAt}
                  onInput={(event) => change({ startsAt: event.currentTarget.value })}
                />
              )}
            </Field>
          </Show>
        </div>
        <div>
          <Field
            title="How often"
            fault={draft.recurs === 'custom' ? undefined : faults.fields().recurring}
            hint={
              draft.recurs === 'none' ? undefined : `At this time of day in ${timeZone}, also when its clocks change`
            }
          >
            {(parts) => (
              <select
                {...parts()}
                class="form-select"
                onChange={(event) => change({ recurs: event.currentTarget.value as SilenceDraft['recurs'] })}
              >
                {Object.entries(recurrenceWordsOf).map(([recurs, words]) => (
                  <option value={recurs} selected={draft.recurs === recurs}>
                    {words}
                  </option>
                ))}
              </select>
            )}
          </Field>
          <Show when={draft.recurs === 'custom'}>
            <Field title="Rule" fault={faults.fields().recurring} hint="RFC 5545, such as FREQ=MONTHLY;BYDAY=1SU">
              {(parts) => (
                <input
                  {...parts()}
                  class="form-control"
                  autocomplete="off"
                  autocapitalize="characters"
                  spellcheck={false}
                  maxlength="500"
                  value={draft.rrule}
                  onInput={(event) => change({ rrule: event.currentTarget.value })}
                />
              )}
            </Field>
          </Show>
        </div>
      </div>
      <Show when={preview()}>{(silence) => <Preview silence={silence()} />}</Show>
      <Show when={faults.other()}>{(fault) => <FaultNotice fault={fault()} />}</Show>
      <div class="dialog-buttons">
        <ActionButton action={action}>Silence</ActionButton>
        <a class="btn btn-outline-primary" href={paths.silences}>
          Cancel
        </a>
      </div>
    </form>
  );
}

/** What it will do, in words. */
function Preview(props: { readonly silence: NewSilence }) {
  const { clock } = useKernel();
  const times = () => {
    const { startsAt = clock.now(), endsAt, recurring = null } = props.silence;
    return timesWords({ startsAt, endsAt, recurring }, clock.now());
  };
  return (
    <p class="silence-preview">
      <Icon name="muted" />
      <span>
        <strong>{matchWords(props.silence.match)}</strong>: nobody is told {times()}. Alerts are recorded and shown as
        ever.
      </span>
    </p>
  );
}

/** Those that this version knows, and the one that was asked for. */
function kindsWith(given: string): string[] {
  const known = Object.keys(problemKinds);
  return given === '' || known.includes(given) ? known : [...known, given];
}
