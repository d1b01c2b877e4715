import type { Config } from '../config.ts';
import { openSection, type Reading } from '../section.ts';
import { whole } from './value.ts';

export const limitKeys = { max_servers: whole(1, 10_000_000) };

export function readLimits(reading: Reading): Pick<Config, 'maxServers'> {
  const section = openSection(reading, [], limitKeys);
  return { maxServers: section.value('max_servers') ?? 100_000 };
}
