import { singleRoleCommand } from '../single-role.ts';
import { uiDirectory } from '../ui-directory.ts';

export const apiCommand = singleRoleCommand({
  name: 'api',
  summary: 'Run the API with the web UI; any number may run',
  notes: [
    'Listens at api_listen, or on PORT. Keeps all state in the Redis that redis: or REDIS_URL names.',
    'Stops on SIGTERM or SIGINT within 5 seconds.',
  ].join('\n'),
  async start(options) {
    const { runApi } = await import('@healthapp/api/main');
    return runApi({ ...options, uiDir: uiDirectory(import.meta.url) });
  },
});
