import { describe, expect, it } from 'vitest';
import { proxyAuthorization, routeTo } from './proxy.ts';

const secure = new URL('https://api.example.com/api/v1/heartbeats/web-1');
const plain = new URL('http://api.example.com:8000/');

describe('the way to the API', () => {
  it.each<[string, URL, NodeJS.ProcessEnv, string]>([
    ['without a proxy', secure, {}, 'direct'],
    ['with an empty one', secure, { HTTPS_PROXY: '' }, 'direct'],
    ['for https', secure, { HTTPS_PROXY: 'http://proxy:3128' }, 'tunnel proxy:3128'],
    ['in lower case', secure, { https_proxy: 'http://proxy:3128' }, 'tunnel proxy:3128'],
    ['lower before upper', secure, { https_proxy: 'http://a:1', HTTPS_PROXY: 'http://b:2' }, 'tunnel a:1'],
    ['the other scheme’s', secure, { HTTP_PROXY: 'http://proxy:3128' }, 'direct'],
    ['for http', plain, { HTTP_PROXY: 'http://proxy:3128' }, 'forward proxy:3128'],
    ['for http in lower case', plain, { http_proxy: 'http://proxy:3128' }, 'forward proxy:3128'],
    ['without a scheme', secure, { HTTPS_PROXY: 'proxy:3128' }, 'tunnel proxy:3128'],
    ['itself over TLS', secure, { HTTPS_PROXY: 'https://proxy' }, 'tunnel proxy'],
    ['to this machine', new URL('http://127.0.0.1:8000'), { HTTP_PROXY: 'http://proxy:1' }, 'direct'],
    ['to localhost', new URL('https://localhost:8000'), { HTTPS_PROXY: 'http://proxy:1' }, 'direct'],
    ['to ::1', new URL('https://[::1]:8000'), { HTTPS_PROXY: 'http://proxy:1' }, 'direct'],
  ])('%s', (_what, url, env, way) => {
    const route = routeTo(url, env);
    expect(route.kind === 'direct' ? route.kind : `${route.kind} ${route.proxy.host}`).toBe(way);
  });

  it.each<[string, string, boolean]>([
    ['*', 'https://api.example.com', true],
    ['other, *', 'https://api.example.com', true],
    ['api.example.com', 'https://api.example.com', true],
    ['API.Example.COM', 'https://api.example.com', true],
    ['example.com', 'https://api.example.com', true],
    ['.example.com', 'https://api.example.com', true],
    ['*.example.com', 'https://api.example.com', true],
    ['.example.com', 'https://example.com', false],
    ['ample.com', 'https://api.example.com', false],
    ['a.com,api.example.com', 'https://api.example.com', true],
    ['a.com api.example.com', 'https://api.example.com', true],
    ['example.com:443', 'https://api.example.com', true],
    ['example.com:8443', 'https://api.example.com', false],
    ['example.com:8443', 'https://api.example.com:8443', true],
    ['10.1.2.3', 'https://10.1.2.3', true],
    ['10.1.2.3:8000', 'https://10.1.2.3', false],
    ['10.0.0.0/8', 'https://10.1.2.3:8000', true],
    ['10.0.0.0/16', 'https://10.1.2.3', false],
    ['10.0.0.0/99', 'https://10.1.2.3', false],
    ['10.1', 'https://10.1.2.3', false],
    ['fd00::/8', 'https://[fd00::1]', true],
    ['fd00::1', 'https://[fd00::1]', true],
    ['[fd00::1]:443', 'https://[fd00::1]', true],
    ['10.0.0.0/8', 'https://api.example.com', false],
    ['', 'https://api.example.com', false],
  ])('NO_PROXY=%j and %s', (noProxy, url, direct) => {
    for (const name of ['NO_PROXY', 'no_proxy']) {
      const route = routeTo(new URL(url), { HTTPS_PROXY: 'http://proxy:3128', [name]: noProxy });
      expect(route.kind).toBe(direct ? 'direct' : 'tunnel');
    }
  });

  it.each([
    'socks5://me:hunter2@proxy:1080',
    'http://me:hunter2@',
    'nonsense://hunter2',
    'http://me:hunter2@proxy:99999',
  ])('refuses %s without showing it', (proxy) => {
    const way = () => routeTo(secure, { HTTPS_PROXY: proxy });
    expect(way).toThrow('HTTPS_PROXY in the environment must be http://host:port or https://host:port');
    expect(way).not.toThrow('hunter2');
  });

  it('gives the proxy its credentials', () => {
    const name = proxyAuthorization(new URL('http://us%40er:p%3Ass@proxy'))['proxy-authorization'];
    expect(name).toBe(`Basic ${Buffer.from('us@er:p:ss').toString('base64')}`);
    expect(proxyAuthorization(new URL('http://proxy'))).toEqual({});
  });
});
