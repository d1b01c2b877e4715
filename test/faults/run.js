// @ts-check
/**
 * What `npm run test:faults` runs after the build: each named fault once and 50 random schedules. Further
 * arguments are passed on to vitest.
 *
 *     --seed 17        the one schedule of this seed
 *     --schedules 10   so many (FAULT_SCHEDULES)
 *     --from 1000      their first seed (FAULT_FIRST_SEED)
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const variables = { '--seed': 'FAULT_SEED', '--schedules': 'FAULT_SCHEDULES', '--from': 'FAULT_FIRST_SEED' };

/** @type {Record<string, string>} */
const asked = {};
/** @type {string[]} */
const others = [];
const words = process.argv.slice(2).flatMap((word) => word.split(/(?<=^--(?:seed|schedules|from))=/));
for (let word = words.shift(); word !== undefined; word = words.shift()) {
  const variable = variables[/** @type {keyof typeof variables} */ (word)];
  if (variable === undefined) {
    others.push(word);
    continue;
  }
  const number = words.shift() ?? '';
  if (!/^\d{1,9}$/.test(number)) {
    process.stderr.write(`${word} must be followed by a whole number, as in: npm run test:faults -- ${word} 17\n`);
    process.exit(2);
  }
  asked[variable] = number;
}

const replays = (asked.FAULT_SEED ?? process.env.FAULT_SEED ?? '') !== '';
const child = spawn(
  process.execPath,
  [
    join(root, 'node_modules', 'vitest', 'vitest.mjs'),
    'run',
    '--project',
    'faults',
    ...(replays ? ['test/faults/schedules.test.ts'] : []),
    ...others,
  ],
  { cwd: root, stdio: 'inherit', env: { ...process.env, ...asked } },
);
// A terminal's Ctrl-C reaches vitest by itself; what only reaches us is passed on.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('exit', (code) => {
  process.exitCode = code ?? 1;
});
