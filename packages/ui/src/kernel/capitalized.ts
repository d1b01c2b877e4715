/** Begins with a capital letter, as what stands by itself on a page does. */
export function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
