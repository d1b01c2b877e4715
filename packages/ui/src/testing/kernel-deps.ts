import type { KernelDeps } from '../kernel/kernel.ts';
import { ScriptedEventSource } from './event-source.ts';
import { noon } from './views.ts';

/** For a kernel in a browser that is open and alone, at noon. */
export function kernelDeps(over: Pick<KernelDeps, 'fetch'> & Partial<KernelDeps>): KernelDeps {
  return {
    openEvents: () => new ScriptedEventSource(),
    sharing: null,
    now: () => noon,
    visible: () => true,
    theme: {
      root: document.documentElement,
      storage: () => localStorage,
      prefersDark: matchMedia('(prefers-color-scheme: dark)'),
      window,
    },
    origin: 'https://health.example.com',
    ...over,
  };
}
