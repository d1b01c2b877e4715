/** What ships says what it holds: checked against the bundles themselves and against the lockfile. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { executable } from '../harness/system.ts';

const dist = dirname(executable);
const lockfile = fileURLToPath(new URL('../../package-lock.json', import.meta.url));

interface Component {
  readonly type: string;
  readonly 'bom-ref': string;
  readonly group?: string;
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly hashes?: readonly { alg: string; content: string }[];
  readonly licenses: readonly { license?: { id: string }; expression?: string }[];
}

interface Bill {
  readonly bomFormat: string;
  readonly specVersion: string;
  readonly metadata: { readonly component: Component };
  readonly components: readonly Component[];
  readonly dependencies: readonly { ref: string; dependsOn?: readonly string[] }[];
}

const billOf = (name: string) => JSON.parse(readFileSync(join(dist, `${name}.cdx.json`), 'utf8')) as Bill;
const fullName = ({ group, name }: Component) => (group === undefined ? name : `${group}/${name}`);

describe.each(['healthapp', 'healthapp-agent'])('the bill of materials of %s', (product) => {
  const bill = billOf(product);

  it('is CycloneDX, and each of its parts can be looked up', () => {
    expect(bill).toMatchObject({
      bomFormat: 'CycloneDX',
      specVersion: '1.6',
      metadata: { component: { name: product } },
    });
    const refs = bill.components.map((component) => component['bom-ref']);
    expect(new Set(refs).size).toBe(refs.length);
    expect(bill.dependencies.map(({ ref }) => ref).sort()).toEqual(
      [bill.metadata.component['bom-ref'], ...refs].sort(),
    );
    for (const component of bill.components) {
      expect(component.purl).toMatch(/^pkg:npm\/(%40[\w.-]+\/)?[\w.-]+@\d+\.\d+\.\d+/);
      expect(component.licenses).toHaveLength(1);
      expect(component.hashes?.[0]).toMatchObject({
        alg: 'SHA-512',
        content: expect.stringMatching(/^[0-9a-f]{128}$/),
      });
    }
  });

  it('names versions that are installed, and no tool that only builds', () => {
    const { packages } = JSON.parse(readFileSync(lockfile, 'utf8')) as {
      packages: Record<string, { version?: string; dev?: boolean }>;
    };
    for (const component of bill.components) {
      const installed = Object.entries(packages).filter(([path]) =>
        path.endsWith(`node_modules/${fullName(component)}`),
      );
      expect([fullName(component), installed.map(([, { version }]) => version)]).toEqual([
        fullName(component),
        expect.arrayContaining([component.version]),
      ]);
    }
    expect(bill.components.map(fullName)).not.toEqual(
      expect.arrayContaining(['vite', 'esbuild', 'vitest', 'typescript']),
    );
  });

  it('goes with the licence of each', () => {
    const licenses = readFileSync(join(dist, `${product}.licenses.txt`), 'utf8');
    for (const component of bill.components)
      expect(licenses).toContain(`\n${fullName(component)} ${component.version} (`);
    expect(licenses).toMatch(/Permission is hereby granted/);
  });
});

describe('what the bundle says of itself', () => {
  it('is in the bill: every package whose code it holds', () => {
    // The bundler writes the file that each part came from before it.
    const bundle = readFileSync(executable, 'utf8');
    const held = [...bundle.matchAll(/^\s*\/\/ (?:\.\.\/)*node_modules\/((?:@[^/\n]+\/)?[^/\n]+)\//gm)].map(
      ([, name]) => name,
    );
    const listed = billOf('healthapp').components.map(fullName);
    expect(held.length).toBeGreaterThan(100);
    expect([...new Set(held)].filter((name) => !listed.includes(name ?? ''))).toEqual([]);
    expect(listed).toEqual(expect.arrayContaining(['hono', 'ioredis', 'nodemailer', 'solid-js', 'bootstrap']));
  });
});
