// @ts-check
/**
 * Which packages of others a bundle really holds, as the bundler says it: neither what stands in a lockfile and is not
 * shipped, nor less than what is.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';

/**
 * @typedef {object} BundledPackage
 * @property {string} name
 * @property {string} version
 * @property {string} license SPDX expression of its package.json
 * @property {string} licenseText what has to go with every copy
 * @property {string | null} homepage
 */

/**
 * The packages that these files belong to, by name; files of our own are left out.
 * @param {Iterable<string>} files absolute paths, with or without a query
 * @returns {BundledPackage[]}
 */
export function packagesOf(files) {
  /** @type {Map<string, BundledPackage>} */
  const found = new Map();
  for (const file of files) {
    const folder = packageFolder(file.replace(/\?.*$/, '').replace(/^\0/, ''));
    if (folder === null || found.has(folder)) continue;
    const { name, version, license, homepage, repository } = JSON.parse(
      readFileSync(join(folder, 'package.json'), 'utf8'),
    );
    if (typeof license !== 'string') throw new Error(`${folder}: its package.json names no licence as text`);
    const url = homepage ?? (typeof repository === 'string' ? repository : repository?.url) ?? null;
    found.set(folder, {
      name,
      version: version.replace(/^v/, ''),
      license,
      licenseText: licenseTextOf(folder),
      homepage: webAddress(url),
    });
  }
  return [...found.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
}

/**
 * Leaves the list where the build of the whole finds it (scripts/bill-of-materials.js).
 * @param {string} file @param {BundledPackage[]} packages
 */
export function writePackages(file, packages) {
  writeFileSync(file, `${JSON.stringify(packages, null, 1)}\n`);
}

/** @param {string} file @returns {string | null} the folder of the package below the last node_modules */
function packageFolder(file) {
  const marker = `${sep}node_modules${sep}`;
  const at = file.lastIndexOf(marker);
  if (at === -1) return null;
  const [first = '', second = ''] = file.slice(at + marker.length).split(sep);
  const folder = file.slice(0, at + marker.length) + (first.startsWith('@') ? join(first, second) : first);
  return existsSync(join(folder, 'package.json')) ? folder : null;
}

/** @param {string} folder */
function licenseTextOf(folder) {
  const names = readdirSync(folder).filter((name) => /^(licen[cs]e|copying|notice)(\.(md|txt))?$/i.test(name));
  if (names.length > 0) {
    return names
      .sort()
      .map((name) => readFileSync(join(folder, name), 'utf8').trim())
      .join('\n\n');
  }
  const readme = readdirSync(folder).find((name) => /^readme(\.md)?$/i.test(name));
  const section =
    readme === undefined
      ? undefined
      : /^#+ *licen[cs]e\b[^\n]*\n([\s\S]*?)(?=^#|(?![\s\S]))/im.exec(readFileSync(join(folder, readme), 'utf8'))?.[1];
  if (section === undefined || section.trim() === '') {
    throw new Error(`${dirname(folder)}: ${folder} is bundled and brings no text of its licence`);
  }
  return section.trim();
}

/** @param {string | null} url of a page or of a repository @returns {string | null} */
function webAddress(url) {
  const address = url
    ?.replace(/^git\+/, '')
    .replace(/\.git$/, '')
    .replace(/^git:/, 'https:')
    .replace(/^github:/, 'https://github.com/');
  return address !== undefined && /^https?:\/\//.test(address) ? address : null;
}
