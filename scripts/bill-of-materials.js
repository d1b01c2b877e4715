// @ts-check
/** What lies beside each thing that ships: a CycloneDX bill of materials, and the licences of what it holds. */
import { readFileSync, writeFileSync } from 'node:fs';

/** @typedef {import('./bundled-packages.js').BundledPackage} BundledPackage */

/**
 * Writes `NAME.cdx.json` (CycloneDX 1.6, https://cyclonedx.org/docs/1.6/json/) and `NAME.licenses.txt`.
 * Without times or random ids, so that the same sources give the same files.
 * @param {{ root: string, dist: string, name: string, description: string, lists: string[] }} options
 *   `lists`: what the bundlers left, relative to the root
 */
export function writeBillOfMaterials({ root, dist, name, description, lists }) {
  const packages = union(lists.map((file) => JSON.parse(readFileSync(`${root}${file}`, 'utf8'))));
  const { version } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
  const hashes = hashesIn(JSON.parse(readFileSync(`${root}package-lock.json`, 'utf8')));
  const ref = `pkg:generic/${name}@${version}`;
  const bill = {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      component: {
        type: 'application',
        'bom-ref': ref,
        name,
        version,
        description,
        licenses: [{ license: { id: 'MIT' } }],
        purl: ref,
      },
    },
    components: packages.map((one) => componentOf(one, hashes.get(`${one.name}@${one.version}`) ?? [])),
    dependencies: [{ ref, dependsOn: packages.map(purlOf) }, ...packages.map((one) => ({ ref: purlOf(one) }))],
  };
  writeFileSync(`${dist}/${name}.cdx.json`, `${JSON.stringify(bill, null, 1)}\n`);
  writeFileSync(`${dist}/${name}.licenses.txt`, licensesOf(name, packages));
}

/** @param {BundledPackage[][]} lists @returns {BundledPackage[]} */
function union(lists) {
  const byRef = new Map(lists.flat().map((one) => [purlOf(one), one]));
  return [...byRef.entries()].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, one]) => one);
}

/** A package URL: the scope's @ is encoded. @param {BundledPackage} one */
function purlOf({ name, version }) {
  return `pkg:npm/${name.replace('@', '%40')}@${version}`;
}

/** @param {BundledPackage} one @param {{ alg: string, content: string }[]} hashes */
function componentOf(one, hashes) {
  const [scope, bare] = one.name.startsWith('@') ? one.name.split('/') : [undefined, one.name];
  return {
    type: 'library',
    'bom-ref': purlOf(one),
    ...(scope === undefined ? {} : { group: scope }),
    name: bare,
    version: one.version,
    ...(hashes.length === 0 ? {} : { hashes }),
    licenses: / (OR|AND|WITH) /.test(one.license) ? [{ expression: one.license }] : [{ license: { id: one.license } }],
    purl: purlOf(one),
    ...(one.homepage === null ? {} : { externalReferences: [{ type: 'website', url: one.homepage }] }),
  };
}

/** npm's integrity (base64) as CycloneDX has it (hexadecimal). @param {{ packages: Record<string, { version?: string, integrity?: string }> }} lock */
function hashesIn(lock) {
  /** @type {Map<string, { alg: string, content: string }[]>} */
  const hashes = new Map();
  for (const [path, { version, integrity }] of Object.entries(lock.packages)) {
    const name = path.split('node_modules/').at(-1);
    const [, sha512] = /^sha512-(\S+)/.exec(integrity ?? '') ?? [];
    if (version === undefined || sha512 === undefined) continue;
    hashes.set(`${name}@${version}`, [{ alg: 'SHA-512', content: Buffer.from(sha512, 'base64').toString('hex') }]);
  }
  return hashes;
}

/** @param {string} name @param {BundledPackage[]} packages */
function licensesOf(name, packages) {
  const head = `${name} contains these packages, each under its own licence.\n`;
  const rule = '-'.repeat(100);
  return [
    head,
    ...packages.map((one) => `${rule}\n${one.name} ${one.version} (${one.license})\n\n${one.licenseText}\n`),
  ].join('\n');
}
