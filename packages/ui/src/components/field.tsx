/** A field of a form: its title, what to know of it, and what is wrong with it. */
import { createUniqueId, type JSX, Show } from 'solid-js';
import { Icon } from './icon.tsx';

/** What the control itself is given. */
export interface FieldParts {
  readonly id: string;
  readonly 'aria-describedby': string | undefined;
  readonly 'aria-invalid': boolean;
}

interface FieldProps {
  readonly title: string;
  readonly hint?: JSX.Element;
  readonly fault: string | undefined;
  readonly children: (parts: () => FieldParts) => JSX.Element;
}

export function Field(props: FieldProps) {
  const id = createUniqueId();
  const described = () => {
    const ids = [props.fault === undefined ? '' : `${id}-fault`, props.hint === undefined ? '' : `${id}-hint`];
    return ids.filter((part) => part !== '').join(' ') || undefined;
  };
  const parts = () => ({ id, 'aria-describedby': described(), 'aria-invalid': props.fault !== undefined });
  return (
    <div class="field">
      <label for={id}>{props.title}</label>
      {props.children(parts)}
      <FieldFault id={`${id}-fault`} fault={props.fault} />
      <Show when={props.hint}>
        <p id={`${id}-hint`} class="field-hint">
          {props.hint}
        </p>
      </Show>
    </div>
  );
}

interface TermFieldProps extends Omit<FieldProps, 'children'> {
  readonly value: string;
  readonly maxlength?: number;
  /** Of a `datalist` with what might be meant. */
  readonly list?: string;
  readonly numeric?: boolean;
  readonly onInput: (text: string) => void;
}

/** For a name, a pattern, a code or a number: nothing corrects it. */
export function TermField(props: TermFieldProps) {
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
          maxlength={props.maxlength}
          list={props.list}
          value={props.value}
          onInput={(event) => props.onInput(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}

function FieldFault(props: { readonly id: string; readonly fault: string | undefined }) {
  return (
    <Show when={props.fault}>
      {(fault) => (
        <p id={props.id} class="field-fault">
          <Icon name="exclamation" /> {fault()}
        </p>
      )}
    </Show>
  );
}

interface ChoicesProps<Id extends string> {
  readonly title: string;
  readonly choices: readonly { readonly id: Id; readonly words: string }[];
  readonly chosen: Id;
  readonly onChoose: (id: Id) => void;
  /** What a choice asks for in addition. */
  readonly children?: JSX.Element;
}

/** One of a few, by one tap. */
export function Choices<Id extends string>(props: ChoicesProps<Id>) {
  return (
    <fieldset class="field choices">
      <legend>{props.title}</legend>
      <div class="choices-row">
        {props.choices.map(({ id, words }) => (
          <button type="button" class="choice" aria-pressed={props.chosen === id} onClick={() => props.onChoose(id)}>
            {words}
          </button>
        ))}
      </div>
      {props.children}
    </fieldset>
  );
}
