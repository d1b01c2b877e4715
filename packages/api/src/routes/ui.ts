/** The single-page app: its files, held in memory, and `index.html` for every page of it. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Hono } from 'hono';
import { getMimeType } from 'hono/utils/mime';
import type { AppEnv } from '../http/bindings.ts';
import { HttpProblem } from '../http/problem.ts';

interface UiFile {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly gzipped: Uint8Array<ArrayBuffer>;
  readonly type: string;
  readonly etag: string;
  readonly cacheControl: string;
}

export type UiFiles = ReadonlyMap<string, UiFile>;

/** Reads the whole built UI once; it is a few hundred KB, and a path of a request never reaches the disk. */
export function readUiFiles(directory: string): UiFiles {
  const files = new Map<string, UiFile>();
  for (const path of filesUnder(directory)) {
    const url = `/${relative(directory, path).split(sep).join('/')}`;
    const body = new Uint8Array(readFileSync(path));
    files.set(url, {
      body,
      gzipped: new Uint8Array(gzipSync(body)),
      type: getMimeType(path) ?? 'application/octet-stream',
      etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`,
      // What lies under /assets/ carries a hash of its content in its name.
      cacheControl: url.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
    });
  }
  return files;
}

export function uiRoutes(files: UiFiles, version: string, now: () => number) {
  return new Hono<AppEnv>()
    .get('/', async (c, next) => {
      if (wantsPage(c.req.header('accept'))) return next();
      return c.json({ service: 'healthapp', version, status: 'ok', timestamp: now() });
    })
    .get('*', async (c) => {
      const path = c.req.path;
      const isPage = wantsPage(c.req.header('accept')) && !path.startsWith('/assets/') && !path.startsWith('/api/');
      const file = files.get(path) ?? (isPage ? files.get('/index.html') : undefined);
      if (file === undefined) throw new HttpProblem(404, `there is nothing at ${path}`);
      const headers = {
        'content-type': file.type,
        etag: file.etag,
        'cache-control': file.cacheControl,
        vary: 'accept-encoding, accept',
      };
      if (c.req.header('if-none-match') === file.etag) return new Response(null, { status: 304, headers });
      if (!/\bgzip\b/.test(c.req.header('accept-encoding') ?? '')) return new Response(file.body, { headers });
      return new Response(file.gzipped, { headers: { ...headers, 'content-encoding': 'gzip' } });
    });
}

function wantsPage(accept: string | undefined): boolean {
  return accept?.includes('text/html') === true;
}

function filesUnder(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return filesUnder(path);
    return entry.isFile() ? [path] : [];
  });
}
