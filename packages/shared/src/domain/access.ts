/** Who may do what: a viewer reads, an operator acts too. */
export const roles = ['viewer', 'operator'] as const;
export type Role = (typeof roles)[number];

/** 1 to 128 characters that need no escape in a log, a header or a command line; e-mail addresses are such names. */
export function isUserName(text: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._@+-]{0,127}$/.test(text);
}
