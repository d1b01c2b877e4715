/** `env=prod, role=db`; empty without any. */
export function labelsShown(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(', ');
}
