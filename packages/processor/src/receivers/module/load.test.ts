import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { createHttpPeer } from '../../../../../test/harness/http-peer.ts';
import { closed, offlineAlert } from '../example-alerts.ts';
import { factsOf } from '../example-facts.ts';
import { loadSendFunction } from './load.ts';
import { createModuleReceiver } from './receiver.ts';

const folder = mkdtempSync(join(tmpdir(), 'healthapp-module-'));
afterAll(() => rmSync(folder, { recursive: true }));

function written(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

describe('a module of the user', () => {
  it('is the one of the documentation', async () => {
    const example = fileURLToPath(new URL('../../../../../docs/examples/my-receiver.js', import.meta.url));
    const peer = await createHttpPeer(() => ({ status: 200, body: '{"id": "m-1"}' }));
    const send = await loadSendFunction('own', example);
    const receiver = createModuleReceiver({
      name: 'own',
      send,
      options: { url: `${peer.url}/api`, room: 'ops' },
      remindEveryMs: null,
    });
    const patient = AbortSignal.timeout(30_000);
    const receipt = await receiver.send(receiver.describe(factsOf(offlineAlert, 'created')), patient);
    expect(receipt).toBe('m-1');
    const over = factsOf(closed(offlineAlert, 'recovered', 60_000), 'closed', { receipt });
    await receiver.send(receiver.describe(over), patient);
    expect(peer.asked.map(({ body }) => JSON.parse(body))).toEqual([
      { room: 'ops', text: '[critical] db-1.example.com offline', inReplyTo: null },
      { room: 'ops', text: '[recovered after 1 min] db-1.example.com offline', inReplyTo: 'm-1' },
    ]);
    await receiver.close();
    await peer.close();
  });

  it.each([
    ['commonjs.cjs', 'module.exports = async () => "r";'],
    ['named.mjs', 'export const send = async () => "r";'],
  ])('may be written as %s', async (name, text) => {
    const send = await loadSendFunction('own', written(name, text));
    expect(await send({} as never, {} as never)).toBe('r');
  });

  it.each([
    ['missing.mjs', null, /missing.mjs cannot be loaded/],
    ['broken.mjs', 'export default (', /broken.mjs cannot be loaded/],
    ['empty.mjs', 'export const x = 1;', /exports no function: write "export default/],
  ])('is refused with place and remedy: %s', async (name, text, message) => {
    const file = text === null ? join(folder, name) : written(name, text);
    await expect(loadSendFunction('own', file)).rejects.toThrow(message);
  });
});
