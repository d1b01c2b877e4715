/** Fitting text into what takes only so much: a message of a service, a line of a list. Pure. */

/** As many of the lines as have room, in order, and what stands for the rest. */
export function fitted(lines: readonly string[], most: number, rest: (left: number) => string): string[] {
  const whole = lines.reduce((length, line) => length + line.length + 1, 0);
  if (whole <= most) return [...lines];
  const room = most - rest(lines.length).length - 1;
  let length = 0;
  let shown = 0;
  for (const line of lines) {
    length += line.length + 1;
    if (length > room) break;
    shown += 1;
  }
  return [...lines.slice(0, shown), rest(lines.length - shown)];
}

/** At most `most` UTF-16 units, never half of a character. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  const end = most - 1;
  const isHalf = /[\ud800-\udbff]/.test(text.charAt(end - 1));
  return `${text.slice(0, isHalf ? end - 1 : end)}…`;
}

/** At most `most` characters, the middle left out: a path is told apart by its beginning and its end. */
export function elided(text: string, most: number): string {
  const characters = Array.from(text);
  if (characters.length <= most) return text;
  const head = Math.ceil((most - 1) / 2);
  const tail = most - 1 - head;
  return `${characters.slice(0, head).join('')}…${characters.slice(characters.length - tail).join('')}`;
}
