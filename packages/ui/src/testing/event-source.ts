import type { EventSourceLike } from '../kernel/event-stream.ts';

const connecting = 0;
const open = 1;
const closed = 2;

/** An `EventSource` whose server is the test. */
export class ScriptedEventSource implements EventSourceLike {
  readyState = connecting;
  readonly #listeners = new Map<string, ((event: Event) => void)[]>();

  addEventListener(type: string, listener: (event: Event) => void): void {
    this.#listeners.set(type, [...(this.#listeners.get(type) ?? []), listener]);
  }

  close(): void {
    this.readyState = closed;
  }

  /** The server answers. */
  connects(): void {
    this.readyState = open;
    this.#tell(new Event('open'));
  }

  /** The connection breaks; the browser comes back by itself. */
  breaks(): void {
    this.readyState = connecting;
    this.#tell(new Event('error'));
  }

  /** Something answers with an error; the browser gives up. */
  fails(): void {
    this.readyState = closed;
    this.#tell(new Event('error'));
  }

  sends(type: string, data: unknown): void {
    this.sendsText(type, JSON.stringify(data));
  }

  sendsText(type: string, data: string): void {
    this.#tell(new MessageEvent(type, { data }));
  }

  #tell(event: Event): void {
    if (this.readyState === closed && event.type !== 'error') return;
    for (const listener of this.#listeners.get(event.type) ?? []) listener(event);
  }
}
