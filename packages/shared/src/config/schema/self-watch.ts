/** How the monitor is watched itself: what Prometheus reads, and whom it tells that it is alive. */
import type { Config } from '../config.ts';
import { openSection, type Reading } from '../section.ts';
import { listenAddress } from './address.ts';
import { boolean, duration, longestTimerMs, secretText, text } from './value.ts';

export const metricsKeys = { public: boolean, listen: listenAddress };
export const deadmanKeys = { url: secretText, url_file: text, every: duration(longestTimerMs) };

export function readSelfWatch(reading: Reading): Pick<Config, 'metrics' | 'deadman'> {
  const metrics = openSection(reading, ['metrics'], metricsKeys);
  return {
    metrics: { public: metrics.value('public') ?? false, listen: metrics.value('listen') ?? null },
    deadman: readDeadman(reading),
  };
}

function readDeadman(reading: Reading): Config['deadman'] {
  const section = openSection(reading, ['deadman'], deadmanKeys);
  const url = section.secret('url');
  if (url === null) {
    if (section.given('every')) section.contradiction('every', 'has no effect without url: give deadman.url too');
    return null;
  }
  const key = section.given('url_file') ? 'url_file' : 'url';
  if (!isHttpUrl(url.reveal())) {
    reading.fault(['deadman', key], 'must be a URL such as https://hc-ping.com/…, with http:// or https://');
  }
  return { url, everyMs: section.value('every') ?? 60_000 };
}

function isHttpUrl(text: string): boolean {
  try {
    return /^https?:$/.test(new URL(text.trim()).protocol);
  } catch {
    return false;
  }
}
