import { type ParentProps, Show } from 'solid-js';
import { usePageTitle } from './title.ts';

interface PageTitleProps extends ParentProps {
  readonly title: string;
  /** Gets the heading, for a page that moves the focus there after something was done. */
  readonly ref?: (heading: HTMLHeadingElement) => void;
}

/** The heading of a page, which also names the tab. Its children are what one can do there, at the right. */
export function PageTitle(props: PageTitleProps) {
  usePageTitle(() => props.title);
  return (
    <div class="page-head page-head-spread">
      <h1 ref={props.ref} tabindex="-1">
        {props.title}
      </h1>
      <Show when={props.children}>
        <div class="page-actions">{props.children}</div>
      </Show>
    </div>
  );
}
