import { inspect } from 'node:util';

const shown = '[secret]';

/**
 * A text that must not be shown. However it is printed (template, JSON, `console.log`, a logger's field),
 * it reads `[secret]`; only `reveal` gives the text, at the place that sends or signs.
 */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** The text itself. */
  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return shown;
  }

  toJSON(): string {
    return shown;
  }

  [inspect.custom](): string {
    return shown;
  }
}
