import { createEffect } from 'solid-js';
import { useKernel } from '../kernel/kernel.ts';

/** Names the tab: "(3) Servers – HealthApp", with the number of servers that are down in front. */
export function usePageTitle(title: () => string): void {
  const { status } = useKernel();
  createEffect(() => {
    const down = status.value()?.counts.servers.silent ?? 0;
    document.title = `${down > 0 ? `(${down}) ` : ''}${title()} – HealthApp`;
  });
}
