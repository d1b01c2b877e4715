import { Secret } from '@healthapp/shared/config/secret';
import { describe, expect, it } from 'vitest';
import { testConfig } from '../../../test/harness/config.ts';
import { handOver, takeOver } from './agent-config.ts';

describe('a configuration that one process reads for another', () => {
  it('arrives with its secrets, and with what concerns an agent alone', () => {
    const { agent, apiKeys, apiUrl, hushLogs, serverStalenessMs, ...others } = testConfig();
    const key = new Secret('the key "of" this host\n');
    const config = {
      agent: { ...agent, key, labels: { secret: 'a label' } },
      apiKeys,
      apiUrl,
      hushLogs,
      serverStalenessMs,
    };
    const taken = takeOver(handOver({ config: { ...others, ...config } as typeof config, said: ['a warning'] }));
    expect(Object.keys(taken.config ?? {}).sort()).toEqual(Object.keys(config).sort());
    expect(taken.config?.agent.key?.reveal()).toBe(key.reveal());
    expect(taken.config?.apiKeys.map(({ secret }) => secret.reveal())).toEqual(
      apiKeys.map(({ secret }) => secret.reveal()),
    );
    expect(taken.config?.agent.labels).toEqual({ secret: 'a label' });
    expect(JSON.stringify(taken)).not.toContain('the key');
    expect(taken.said).toEqual(['a warning']);
  });

  it('that is faulty arrives as what is wrong with it', () => {
    expect(takeOver(handOver({ config: null, said: ['agent.name: …'] }))).toEqual({
      config: null,
      said: ['agent.name: …'],
    });
  });
});
