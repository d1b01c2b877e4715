import { CopyButton } from './copy-button.tsx';

/** A command or a piece of configuration, ready to copy. `what` names it for screen readers. */
export function Snippet(props: { readonly text: string; readonly what: string }) {
  return (
    <div class="snippet">
      {/* A line longer than the screen scrolls, by keyboard too. */}
      <pre tabindex="0">
        <code>{props.text}</code>
      </pre>
      <CopyButton text={props.text} what={props.what} />
    </div>
  );
}
