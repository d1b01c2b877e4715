// @ts-check
/**
 * Cuts the definitions that the tests' double of Heroku's API needs, and what these refer to, out of Heroku's published
 * schema (https://github.com/heroku/platform-api, MIT): `node scripts/heroku-schema-excerpt.js platform-api-schema.json`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const [file = 'platform-api-schema.json'] = process.argv.slice(2);
const whole = JSON.parse(readFileSync(file, 'utf8'));
const wanted = ['app', 'dyno', 'formation', 'release', 'add-on', 'config-var', 'log-session'];
/** What the product asks Heroku to do, by the titles of the links. @type {Record<string, string[]>} */
const keptLinks = { dyno: ['Restart', 'Restart all'], 'log-session': ['Create'] };
/** @type {Record<string, any>} */
const definitions = {};

/** Takes a definition and all that it refers to; links, which refer to half of the API, of those that are wanted alone. @param {string} name */
function take(name) {
  if (definitions[name] !== undefined) return;
  const { links = [], ...rest } = whole.definitions[name];
  const kept = links.filter((/** @type {any} */ { title }) => keptLinks[name]?.includes(title) === true);
  definitions[name] = kept.length === 0 ? rest : { ...rest, links: kept };
  follow(definitions[name]);
}

/** @param {any} tree */
function follow(tree) {
  if (typeof tree !== 'object' || tree === null) return;
  if (typeof tree.$ref === 'string') {
    const [root, folder, name] = tree.$ref.split('/');
    // Heroku's schema has a reference that leads nowhere: there, anything is allowed.
    if (root === '#' && folder === 'definitions' && whole.definitions[name] !== undefined) take(name);
    else delete tree.$ref;
  }
  for (const part of Object.values(tree)) follow(part);
}

for (const name of wanted) take(name);
const excerpt = {
  comment:
    "An excerpt of Heroku's published JSON schema of its Platform API v3 (github.com/heroku/platform-api, MIT, 2026-06-05), made by scripts/heroku-schema-excerpt.js.",
  definitions,
};
const out = fileURLToPath(new URL('../test/harness/heroku/platform-api-excerpt.json', import.meta.url));
writeFileSync(
  out,
  `${JSON.stringify(excerpt, (key, value) => (key === 'description' && typeof value === 'string' ? undefined : value), 2)}\n`,
);
