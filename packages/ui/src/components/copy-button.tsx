import { createSignal, onCleanup } from 'solid-js';

/** Copies `text`; says so for a moment. `what` names it for screen readers: "the command". */
export function CopyButton(props: { readonly text: string; readonly what: string }) {
  const [outcome, setOutcome] = createSignal<'copied' | 'failed'>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  onCleanup(() => clearTimeout(timer));

  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(props.text);
      setOutcome('copied');
    } catch {
      // Not allowed, or not from HTTPS: the text can still be selected by one click.
      setOutcome('failed');
    }
    clearTimeout(timer);
    timer = setTimeout(() => setOutcome(undefined), 4000);
  }
  const words = () => {
    const come = outcome();
    if (come === undefined) return 'Copy';
    return come === 'copied' ? 'Copied' : 'Select it and copy';
  };
  return (
    <button type="button" class="btn btn-sm btn-outline-primary copy-button" onClick={copy}>
      <span aria-live="polite">{words()}</span>
      <span class="visually-hidden"> {props.what}</span>
    </button>
  );
}
