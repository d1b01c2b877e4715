/** Writes the manual pages and the shell's completions into the folder that is named: part of building packages. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { agentUsage } from '@healthapp/agent/usage';
import { commands } from '../commands.ts';
import { agentPage, healthappPage } from './command-page.ts';
import { agentCompletion, healthappCompletion } from './completion.ts';
import { configPage } from './config-page.ts';

/** Put in by the bundler, from package.json. */
declare const HEALTHAPP_VERSION: string;

const [folder, sample] = process.argv.slice(2);
if (folder === undefined || sample === undefined) {
  process.stderr.write('usage: manual.js FOLDER config.sample.yaml\n');
  process.exit(2);
}
mkdirSync(folder, { recursive: true });
const files = {
  'healthapp.1': healthappPage(commands, HEALTHAPP_VERSION),
  'healthapp-agent.1': agentPage(agentUsage, HEALTHAPP_VERSION),
  'healthapp-config.5': configPage(readFileSync(sample, 'utf8'), HEALTHAPP_VERSION),
  'healthapp.bash': healthappCompletion(commands),
  'healthapp-agent.bash': agentCompletion(agentUsage),
};
for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
