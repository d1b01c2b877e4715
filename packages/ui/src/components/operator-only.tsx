import { type ParentProps, Show } from 'solid-js';
import { useKernel } from '../kernel/kernel.ts';

/** What only operators may do: a viewer is not offered it. The API refuses it too. */
export function OperatorOnly(props: ParentProps) {
  const { session } = useKernel();
  return <Show when={session.mayAct()}>{props.children}</Show>;
}
