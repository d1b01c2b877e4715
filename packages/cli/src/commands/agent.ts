import { agentUsage } from '@healthapp/agent/usage';
import type { Command } from '../command.ts';

export const agentCommand: Command = {
  name: 'agent',
  summary: 'Report this host: the agent, also --once and goodbye',
  usage: agentUsage,
  async run(argv, io) {
    const { agentCommand: run } = await import('@healthapp/agent/command');
    return run(argv, io);
  },
};
