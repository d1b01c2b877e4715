/** What is wrong with what stands in a form: found here before it is sent, or by the API. */
import { type Accessor, createEffect, createMemo, createSignal, on } from 'solid-js';
import type { ApiFault } from '../kernel/api-request.ts';

type FieldFaults<Field extends string> = Partial<Record<Field, string>>;

export interface FormFaults<Field extends string> {
  /** By the field at fault. The first of them gets the focus. */
  readonly fields: Accessor<FieldFaults<Field>>;
  /** Why the API refused, where that is of no field. */
  readonly other: Accessor<ApiFault | undefined>;
  /** What was found here; none: it may be right by now. */
  find(faults: FieldFaults<Field>): void;
}

/** @param fieldOf the form's own field for what the API says is at fault. */
export function createFormFaults<Field extends string>(
  form: () => HTMLFormElement | undefined,
  refusal: Accessor<ApiFault | undefined>,
  fieldOf: (name: string | null) => Field | undefined,
): FormFaults<Field> {
  const [found, setFound] = createSignal<FieldFaults<Field>>({});
  const refused = () => fieldOf(refusal()?.field ?? null);
  const fields = createMemo((): FieldFaults<Field> => {
    const fault = refusal();
    const field = refused();
    if (fault === undefined || field === undefined) return found();
    return { [field]: fault.message.replace(`${fault.field}: `, '') } as FieldFaults<Field>;
  });
  createEffect(on(fields, () => form()?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus(), { defer: true }));
  return {
    fields,
    other: () => (refused() === undefined ? refusal() : undefined),
    find: (faults) => void setFound(() => faults),
  };
}
