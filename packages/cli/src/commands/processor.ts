import { singleRoleCommand } from '../single-role.ts';

export const processorCommand = singleRoleCommand({
  name: 'processor',
  summary: 'Run an alert processor; any number may run, one leads',
  notes: [
    'Finds out who is silent, and tells people. Needs the Redis that redis: or REDIS_URL names.',
    'Stops on SIGTERM or SIGINT within 5 seconds; another processor then leads at once.',
  ].join('\n'),
  async start(options) {
    const { runProcessor } = await import('@healthapp/processor/main');
    return runProcessor(options);
  },
});
