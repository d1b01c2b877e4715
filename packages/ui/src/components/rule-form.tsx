/** The form for a rule of one's own, which can be tried against the last hour before it is saved. */
import { platformErrors } from '@healthapp/shared/domain/app-log';
import { ruleActions } from '@healthapp/shared/domain/rule';
import type { RuleTrialView, RuleView } from '@healthapp/shared/wire/rules';
import { createSignal, createUniqueId, For, onMount, Show } from 'solid-js';
import { createStore } from 'solid-js/store';
import { createAction } from '../kernel/action.ts';
import type { RuleInput } from '../kernel/api.ts';
import { useKernel } from '../kernel/kernel.ts';
import { paths } from '../kernel/paths.ts';
import { type RuleDraft, readRuleDraft, ruleFieldOf } from '../kernel/rule-draft.ts';
import { actionWords, trialWords } from '../kernel/rule-text.ts';
import { ActionButton } from './action-button.tsx';
import { Choices, TermField } from './field.tsx';
import { createFormFaults } from './form-faults.ts';
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
  const [trial, setTrial] = createSignal<RuleTrialView>();
  const saving = createAction<RuleInput, RuleView>(
    (rule) => (props.id === null ? acts.addRule(rule) : acts.changeRule(props.id, rule)),
    (rule) => props.onSaved(rule),
  );
  const trying = createAction<RuleInput, RuleTrialView>(trials.tryRule, setTrial);
  const faults = createFormFaults(
    () => form,
    () => saving.fault() ?? trying.fault(),
    ruleFieldOf,
  );
  /** What the trial says is of what stands in the form. */
  const change = (part: Partial<RuleDraft>) => {
    setDraft(part);
    faults.find({});
    setTrial(undefined);
    saving.dismiss();
    trying.dismiss();
  };

  function send(action: { run(rule: RuleInput): void }): void {
    saving.dismiss();
    trying.dismiss();
    const read = readRuleDraft(draft);
    if (read.kind === 'rule') action.run(read.rule);
    else faults.find(read.faults);
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
        <TermField
          title="App"
          hint="Its name on Heroku; * for each app by itself"
          fault={faults.fields().app}
          value={draft.app}
          list={ids.apps}
          maxlength={64}
          onInput={(app) => change({ app })}
        />
        <TermField
          title="Dyno"
          hint="worker: all of this type together; worker.1: that one; *: each type by itself"
          fault={faults.fields().dyno}
          value={draft.dyno}
          maxlength={64}
          onInput={(dyno) => change({ dyno })}
        />
        <TermField
          title="What is counted"
          hint="A code of Heroku's such as R14 or H12; 5xx; memory > 90%; load > 4"
          fault={faults.fields().error}
          value={draft.error}
          list={ids.errors}
          maxlength={64}
          onInput={(error) => change({ error })}
        />
        <div class="field-columns">
          <TermField
            title="At least"
            hint="times"
            fault={faults.fields().count}
            value={draft.count}
            numeric
            maxlength={64}
            onInput={(count) => change({ count })}
          />
          <TermField
            title="Within"
            hint="90s, 5m, 1h"
            fault={faults.fields().within}
            value={draft.within}
            maxlength={64}
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
          <Show when={faults.fields().receivers}>{(fault) => <p class="field-fault">{fault()}</p>}</Show>
        </fieldset>
      </Show>
      <datalist id={ids.apps}>
        <For each={props.apps}>{(app) => <option value={app} />}</For>
      </datalist>
      <datalist id={ids.errors}>
        <For each={errorExamples}>{([error, words]) => <option value={error}>{words}</option>}</For>
      </datalist>
      <Show when={faults.other()}>{(fault) => <FaultNotice fault={fault()} />}</Show>
      <div role="status">
        <Show when={trial()}>{(found) => <Trial trial={found()} />}</Show>
      </div>
      <div class="dialog-buttons">
        <ActionButton action={saving}>Save</ActionButton>
        <ActionButton action={trying} class="btn-outline-primary" onClick={() => send(trying)}>
          Try it on the last hour
        </ActionButton>
        <a class="btn btn-outline-primary" href={paths.rules}>
          Cancel
        </a>
      </div>
    </form>
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
