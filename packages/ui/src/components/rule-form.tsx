/** The form for a rule of one's own, which can be tried against the last hour before it is saved. */
import { platformErrors } from '@healthapp/shared/domain/app-log';
import { ruleActions } from '@healthapp/shared/domain/rule';
import type { RuleTrialView, RuleView } from '@healthapp/shared/wire/rules';
import { createEffect, createMemo, createSignal, createUniqueId, For, on, onMount, Show } from 'solid-js';
import { createStore } from 'solid-js/store';
import { createAction } from '../kernel/action.ts';
import type { RuleInput } from '../kernel/api.ts';
import { useKernel } from '../kernel/kernel.ts';
import { paths } from '../kernel/paths.ts';
import { type RuleDraft, type RuleFaults, readRuleDraft, ruleFieldOf } from '../kernel/rule-draft.ts';
import { actionWords, trialWords } from '../kernel/rule-text.ts';
import { Choices, Field } from './field.tsx';
import { FaultNotice } from './notice.tsx';
import { At } from './time.tsx';

interface RuleFormProps {
  /** Of the rule that is changed; null: a new one. */
  readonly id: string | null;
  readonly begins: RuleDraft;
  readonly apps: readonly string[];
  readonly receivers: readonly string[];
  readonly onSaved: (rule: RuleView) => void;
}

const actionChoices = ruleActions.map((id) => ({ id, words: actionWords[id] }));
/** What is often counted, for who does not know the codes by heart. */
const errorExamples: readonly (readonly [error: string, words: string])[] = [
  ['5xx', 'requests that failed'],
  ['memory > 90%', 'of its quota'],
  ['load > 4', 'average of a minute'],
  ...Object.entries(platformErrors),
];

export function RuleForm(props: RuleFormProps) {
  const { acts, trials } = useKernel();
  const ids = { apps: createUniqueId(), errors: createUniqueId() };
  let form: HTMLFormElement | undefined;
  let title: HTMLHeadingElement | undefined;
  onMount(() => title?.focus());

  const [draft, setDraft] = createStore<RuleDraft>({ ...props.begins });
  const [ownFaults, setOwnFaults] = createSignal<RuleFaults>({});
  const [trial, setTrial] = createSignal<RuleTrialView>();
  const saving = createAction<RuleInput, RuleView>(
    (rule) => (props.id === null ? acts.addRule(rule) : acts.changeRule(props.id, rule)),
    (rule) => props.onSaved(rule),
  );
  const trying = createAction<RuleInput, RuleTrialView>(trials.tryRule, setTrial);
  /** What the trial says is of what stands in the form. */
  const change = (part: Partial<RuleDraft>) => {
    setDraft(part);
    setOwnFaults({});
    setTrial(undefined);
    saving.dismiss();
    trying.dismiss();
  };

  const refusal = () => saving.fault() ?? trying.fault();
  /** With what the API refused, where the form has that field. */
  const faults = createMemo((): RuleFaults => {
    const fault = refusal();
    const field = ruleFieldOf(fault?.field ?? null);
    if (fault === undefined || field === undefined) return ownFaults();
    return { [field]: fault.message.replace(`${fault.field}: `, '') };
  });
  const otherFault = () => {
    const fault = refusal();
    return fault !== undefined && ruleFieldOf(fault.field) === undefined ? fault : undefined;
  };
  createEffect(on(faults, () => form?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus(), { defer: true }));

  function send(action: { run(rule: RuleInput): void }): void {
    saving.dismiss();
    trying.dismiss();
    const read = readRuleDraft(draft);
    if (read.kind === 'rule') action.run(read.rule);
    else setOwnFaults(read.faults);
  }
  const toggled = (name: string) =>
    draft.receivers.includes(name) ? draft.receivers.filter((one) => one !== name) : [...draft.receivers, name];

  return (
    <form
      ref={form}
      class="page-form"
      aria-labelledby="rule-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        send(saving);
      }}
    >
      <h2 id="rule-form" ref={title} tabindex="-1">
        {props.id === null ? 'New rule' : 'Change the rule'}
      </h2>
      <div class="field-columns">
        <TextField
          title="App"
          hint="Its name on Heroku; * for each app by itself"
          fault={faults().app}
          value={draft.app}
          list={ids.apps}
          onInput={(app) => change({ app })}
        />
        <TextField
          title="Dyno"
          hint="worker: all of this type together; worker.1: that one; *: each type by itself"
          fault={faults().dyno}
          value={draft.dyno}
          onInput={(dyno) => change({ dyno })}
        />
        <TextField
          title="What is counted"
          hint="A code of Heroku's such as R14 or H12; 5xx; memory > 90%; load > 4"
          fault={faults().error}
          value={draft.error}
          list={ids.errors}
          onInput={(error) => change({ error })}
        />
        <div class="field-columns">
          <TextField
            title="At least"
            hint="times"
            fault={faults().count}
            value={draft.count}
            numeric
            onInput={(count) => change({ count })}
          />
          <TextField
            title="Within"
            hint="90s, 5m, 1h"
            fault={faults().within}
            value={draft.within}
            onInput={(within) => change({ within })}
          />
        </div>
      </div>
      <Choices
        title="What is done when it is breached"
        choices={actionChoices}
        chosen={draft.action}
        onChoose={(action) => change({ action })}
      />
      <Show when={props.receivers.length > 0}>
        <fieldset class="field choices">
          <legend>Who is told</legend>
          <div class="choices-row">
            <button
              type="button"
              class="choice"
              aria-pressed={draft.receivers.length === 0}
              onClick={() => change({ receivers: [] })}
            >
              Whom the routes name
            </button>
            <For each={props.receivers}>
              {(name) => (
                <button
                  type="button"
                  class="choice"
                  aria-pressed={draft.receivers.includes(name)}
                  onClick={() => change({ receivers: toggled(name) })}
                >
                  {name}
                </button>
              )}
            </For>
          </div>
          <Show when={faults().receivers}>{(fault) => <p class="field-fault">{fault()}</p>}</Show>
        </fieldset>
      </Show>
      <datalist id={ids.apps}>
        <For each={props.apps}>{(app) => <option value={app} />}</For>
      </datalist>
      <datalist id={ids.errors}>
        <For each={errorExamples}>{([error, words]) => <option value={error}>{words}</option>}</For>
      </datalist>
      <Show when={otherFault()}>{(fault) => <FaultNotice fault={fault()} />}</Show>
      <div role="status">
        <Show when={trial()}>{(found) => <Trial trial={found()} />}</Show>
      </div>
      <div class="dialog-buttons">
        <button type="submit" class="btn btn-primary" aria-disabled={saving.busy()}>
          {saving.busy() ? 'One moment …' : 'Save'}
        </button>
        <button
          type="button"
          class="btn btn-outline-primary"
          aria-disabled={trying.busy()}
          onClick={() => send(trying)}
        >
          {trying.busy() ? 'One moment …' : 'Try it on the last hour'}
        </button>
        <a class="btn btn-outline-primary" href={paths.rules}>
          Cancel
        </a>
      </div>
    </form>
  );
}

interface TextFieldProps {
  readonly title: string;
  readonly hint: string;
  readonly fault: string | undefined;
  readonly value: string;
  readonly list?: string;
  readonly numeric?: boolean;
  readonly onInput: (text: string) => void;
}

function TextField(props: TextFieldProps) {
  return (
    <Field title={props.title} hint={props.hint} fault={props.fault}>
      {(parts) => (
        <input
          {...parts()}
          class="form-control"
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          inputmode={props.numeric === true ? 'numeric' : 'text'}
          maxlength="64"
          list={props.list}
          value={props.value}
          onInput={(event) => props.onInput(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}

/** What it would have found. */
function Trial(props: { readonly trial: RuleTrialView }) {
  return (
    <div class="rule-trial">
      <h3>In the last hour</h3>
      <p>{props.trial.text}</p>
      <ul>
        <For each={props.trial.apps}>
          {(app) => (
            <li>
              {trialWords(app)}
              <Show when={app.breaches.length > 0}>
                <ul>
                  <For each={app.breaches}>
                    {({ at, until, text }) => (
                      <li>
                        <At at={at} /> to {until === null ? 'now' : <At at={until} />}: {text}
                      </li>
                    )}
                  </For>
                </ul>
              </Show>
            </li>
          )}
        </For>
      </ul>
    </div>
  );
}
