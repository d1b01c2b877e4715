import type { Config } from '@healthapp/shared/config/config';
import { Secret } from '@healthapp/shared/config/secret';

/** What of the configuration concerns an agent. */
export type AgentConfig = Pick<Config, 'agent' | 'apiKeys' | 'apiUrl' | 'hushLogs' | 'serverStalenessMs'>;

export interface ReadConfiguration {
  /** Null when it is faulty. */
  readonly config: AgentConfig | null;
  /** What is wrong with it, or what is to be said although it works; a line each. */
  readonly said: readonly string[];
}

/** @param file null: where configurations are looked for. */
export type ConfigurationReader = (
  file: string | null,
  env: NodeJS.ProcessEnv,
  cwd: string,
) => ReadConfiguration | Promise<ReadConfiguration>;

/** No name in a configuration begins like this: a label's first character is a letter or digit. */
const secretMark = '$secret';

/** As text for another process, secrets and all: for a pipe, and nothing else. */
export function handOver({ config, said }: ReadConfiguration): string {
  if (config === null) return JSON.stringify({ config, said });
  const { agent, apiKeys, apiUrl, hushLogs, serverStalenessMs } = config;
  return JSON.stringify({ config: revealed({ agent, apiKeys, apiUrl, hushLogs, serverStalenessMs }), said });
}

/** What `handOver` wrote. */
export function takeOver(text: string): ReadConfiguration {
  return JSON.parse(text, (_key, value: unknown) =>
    typeof value === 'object' && value !== null && secretMark in value ? new Secret(String(value[secretMark])) : value,
  ) as ReadConfiguration;
}

function revealed(value: unknown): unknown {
  if (value instanceof Secret) return { [secretMark]: value.reveal() };
  if (Array.isArray(value)) return value.map(revealed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, revealed(part)]));
}
