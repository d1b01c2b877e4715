/** How the agent is called. Its `--help`, its manual page and the shell's completion are made from this. */

export interface AgentFlag {
  /** What stands for its value; absent when it has none. */
  readonly value?: string;
  readonly help: string;
}

interface AgentVerb {
  /** The word behind the command; empty: none. */
  readonly name: string;
  readonly words: readonly string[];
  readonly flags: Readonly<Record<string, AgentFlag>>;
  readonly summary: string;
}

const config: AgentFlag = { value: 'FILE', help: 'the configuration; otherwise $CONFIG_FILE and the usual places' };

export const agentUsage = {
  summary: "Reports this host to HealthApp's API until it is stopped, and says goodbye then.",
  verbs: [
    {
      name: '',
      words: [],
      flags: {
        once: { help: 'sends one heartbeat and exits: 0 when the API accepted it, 1 with the reason when not' },
        config,
      },
      summary: 'reports every agent.interval',
    },
    {
      name: 'goodbye',
      words: [],
      flags: { for: { value: 'DURATION', help: 'alert only if it is not back by then: 90s, 10m, 2h or 7d' }, config },
      summary: 'says goodbye before planned work: no alert; without --for, for good',
    },
  ] satisfies readonly AgentVerb[],
  notes: [
    'Stopped by SIGTERM or SIGINT it says a short goodbye by itself: no alert if it is back within its grace.',
    'The configuration is looked for at $CONFIG_FILE, else /etc/healthapp/config.yaml, else',
    '/usr/local/healthapp/config.yaml, else ./config.yaml.',
  ].join('\n'),
};

/** `healthapp agent goodbye [--for DURATION] [--config FILE]` */
export function agentSynopsis(command: string, { name, flags }: AgentVerb): string {
  const shown = Object.entries(flags).map(
    ([flag, { value }]) => `[--${flag}${value === undefined ? '' : ` ${value}`}]`,
  );
  return [command, name, ...shown].filter((word) => word !== '').join(' ');
}
