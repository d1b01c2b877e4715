/** A process of its own that reads the configuration for the agent's executable: see `standalone.ts`. */
import { handOver } from './agent-config.ts';
import { readConfiguration } from './configuration.ts';

process.stdout.write(handOver(readConfiguration(process.argv[2] ?? null, process.env, process.cwd())));
