// @ts-check
/** Gathers what the packages have built into dist/, laid out as it is shipped: the UI lies beside the executable. */
import { chmodSync, cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { writeBillOfMaterials } from './bill-of-materials.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = `${root}dist`;

const bundles = [
  { from: 'packages/cli/dist/healthapp.js', to: 'healthapp.js', executable: true },
  { from: 'packages/agent/dist/healthapp-agent.cjs', to: 'healthapp-agent.cjs', executable: true },
  { from: 'packages/agent/dist/healthapp-agent-config.cjs', to: 'healthapp-agent-config.cjs', executable: false },
  { from: 'packages/agent/dist/healthapp-agent-redis.cjs', to: 'healthapp-agent-redis.cjs', executable: false },
  { from: 'packages/agent/dist/healthapp-agent-postgres.cjs', to: 'healthapp-agent-postgres.cjs', executable: false },
  { from: 'packages/ui/dist', to: 'ui', executable: false },
];

const missing = bundles.filter(({ from }) => !existsSync(`${root}${from}`));
if (missing.length > 0) {
  process.stderr.write(`not built: ${missing.map(({ from }) => from).join(', ')}; run \`npm run build\`\n`);
  process.exit(1);
}

mkdirSync(dist, { recursive: true });
for (const { from, to, executable } of bundles) {
  const target = `${dist}/${to}`;
  // Files of an earlier build have other hashes in their names and would stay.
  rmSync(target, { recursive: true, force: true });
  cpSync(`${root}${from}`, target, { recursive: true });
  if (executable) chmodSync(target, 0o755);
}
// Outside the repository, Node 18 would take the bundles for CommonJS without this beside them.
writeFileSync(`${dist}/package.json`, `${JSON.stringify({ type: 'module', private: true })}\n`);

writeBillOfMaterials({
  root,
  dist,
  name: 'healthapp',
  description: 'API, processor, web UI and command line of HealthApp',
  lists: ['packages/cli/packages.json', 'packages/ui/packages.json'],
});
writeBillOfMaterials({
  root,
  dist,
  name: 'healthapp-agent',
  description: 'The agent of HealthApp',
  lists: ['packages/agent/packages.json'],
});
