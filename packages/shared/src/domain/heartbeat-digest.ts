import type { Heartbeat } from '../wire/heartbeat.ts';

/**
 * Everything in a heartbeat that could change a judgement, as text. While it stays the same, a heartbeat
 * moves the deadline and nothing else: the processor is not bothered.
 */
export function significantText(heartbeat: Heartbeat): string {
  let text = `${heartbeat.bootId ?? ''}\n${heartbeat.status ?? 'up'}\n${heartbeat.agent?.version ?? ''}`;
  for (const [label, value] of Object.entries(heartbeat.labels ?? {})) text += `\n${label}=${value}`;
  for (const filesystem of heartbeat.host?.filesystems ?? []) text += `\n${filesystem.path} ${filesystem.percent}`;
  return text;
}
