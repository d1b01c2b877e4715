import { singleRoleCommand } from '../single-role.ts';

export const herokuCommand = singleRoleCommand({
  name: 'heroku',
  summary: 'Watch apps on Heroku and report them; several may run, one reports',
  notes: [
    'Needs heroku.api_key and heroku.apps (HEROKU_API_KEY, MONITORED_APP_NAME), api_url and api_key. Reports each app as',
    'heroku:APP and itself as heroku-poller. Stops on SIGTERM or SIGINT within 5 seconds.',
  ].join('\n'),
  needsNoRedis: true,
  async start(options) {
    const { runHeroku } = await import('@healthapp/agent/heroku');
    return runHeroku(options);
  },
});
