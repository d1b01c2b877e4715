import { afterAll, describe, expect, it } from 'vitest';
import { createConfigFolder } from './load.fixture.ts';
import type { ReceiverConfig } from './receivers.ts';
import { Secret } from './secret.ts';

const folder = createConfigFolder();
afterAll(folder.close);
const { configOf, faultsOf, warningsOf } = folder;

/** With its secrets as texts. */
function revealed(receivers: readonly ReceiverConfig[]): unknown {
  const open = (value: unknown): unknown => {
    if (value instanceof Secret) return value.reveal();
    if (Array.isArray(value)) return value.map(open);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, open(part)]));
  };
  return open(receivers);
}

function ofOne(text: string): unknown {
  const [first] = revealed(configOf(`email_server: mail\nreceivers:\n  - ${text}`).receivers) as unknown[];
  return first;
}

const channelId = 'abcdefghijklmnopqrstuvwxy1';

describe('the receivers of a configuration', () => {
  it.each<[string, object]>([
    ['{ name: ops, email: { to: [ops@example.com] } }', { name: 'ops', kind: 'email', to: ['ops@example.com'] }],
    [
      "{ name: slack, slack: { token_file: secret, channel: '#alerts' } }",
      {
        name: 'slack',
        kind: 'slack',
        by: { kind: 'bot', apiUrl: 'https://slack.com/api', token: 'from a file of its own', channel: '#alerts' },
      },
    ],
    [
      '{ name: s, slack: { webhook_url: https://hooks.slack.com/services/T/B/x } }',
      { name: 's', kind: 'slack', by: { kind: 'incoming-webhook', url: 'https://hooks.slack.com/services/T/B/x' } },
    ],
    [
      `{ name: mm, mattermost: { url: https://mm.example.com/, token: t, channel_id: ${channelId} } }`,
      { name: 'mm', kind: 'mattermost', by: { kind: 'bot', url: 'https://mm.example.com', token: 't', channelId } },
    ],
    [
      '{ name: mm, mattermost: { webhook_url: https://mm.example.com/hooks/x } }',
      { name: 'mm', kind: 'mattermost', by: { kind: 'incoming-webhook', url: 'https://mm.example.com/hooks/x' } },
    ],
    [
      "{ name: oncall, sms: { infobip: { base_url: https://x.api.infobip.com, api_key_file: secret, from: HealthApp, to: ['+44 1234 567890'] } } }",
      {
        name: 'oncall',
        kind: 'sms',
        baseUrl: 'https://x.api.infobip.com',
        apiKey: 'from a file of its own',
        from: 'HealthApp',
        to: ['441234567890'],
      },
    ],
    [
      '{ name: hook, webhook: { url: https://example.com/hook?x=1, secret_file: secret } }',
      { name: 'hook', kind: 'webhook', url: 'https://example.com/hook?x=1', secret: 'from a file of its own' },
    ],
    [
      '{ name: iris, iris: { url: https://iris.example.com, app: healthapp, key: k, plan: ops } }',
      { name: 'iris', kind: 'iris', url: 'https://iris.example.com', app: 'healthapp', key: 'k', plan: 'ops' },
    ],
    [
      '{ name: own, module: ./my-receiver.js, options: { room: [a, b], deep: { n: 5 } } }',
      {
        name: 'own',
        kind: 'module',
        file: `${folder.path}/my-receiver.js`,
        options: { room: ['a', 'b'], deep: { n: '5' } },
      },
    ],
  ])('%s', (text, expected) => {
    expect(ofOne(text)).toEqual(expected);
  });

  it('begin with the one that email_recipients makes, and with the one that the environment makes', () => {
    const text = 'email_server: m\nemail_recipients: [a@b.c]\nreceivers:\n- { name: ops, email: { to: [c@d.e] } }';
    const { receivers } = configOf(text, { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_CHANNEL: '#ops' });
    expect(receivers.map(({ name, kind }) => `${name} ${kind}`)).toEqual(['default email', 'slack slack', 'ops email']);
  });

  it('are overridden by the environment in what is called slack', () => {
    const text = "receivers:\n- { name: slack, slack: { token: old, channel: '#old' } }";
    const { receivers } = configOf(text, { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_CHANNEL: '#new' });
    expect(revealed(receivers)).toMatchObject([{ name: 'slack', by: { token: 'xoxb-1', channel: '#new' } }]);
  });

  it('show no secret when they are printed', () => {
    const { receivers } = configOf(
      'receivers:\n- { name: h, webhook: { url: https://e.org/s3cret, secret: s3cret-enough-long } }',
    );
    expect(JSON.stringify(receivers)).not.toContain('s3cret');
  });
});

describe('a fault of a receiver names place and remedy', () => {
  const kinds = 'email, slack, mattermost, sms, webhook, iris, module';
  it.each<[string, ...string[]]>([
    ['receivers: ops', 'receivers: must be a list: each on a line of its own after "- " (config.yaml:1)'],
    ['receivers: { a: { b: c } }', 'receivers: must be a list: each on a line of its own after "- " (config.yaml:1)'],
    ['receivers:\n- ops', 'receivers[0]: must have its keys after "- ", each on a line of its own (config.yaml:2)'],
    ['receivers:\n- email: { to: [a@b.c] }', 'receivers[0]: give name (config.yaml:2)'],
    [
      'receivers:\n- { name: ops }',
      `receivers[0]: says no way to tell anybody: give exactly one of ${kinds} (config.yaml:2)`,
    ],
    [
      'receivers:\n- { name: ops, email: { to: [a@b.c] }, module: ./x.js }',
      `receivers[0]: says 2 ways, email and module: give exactly one of ${kinds} (config.yaml:2)`,
    ],
    [
      'receivers:\n- name: a.b\n  email: { to: [a@b.c] }',
      'receivers[0].name: must be 1 to 64 letters, digits, - or _, a letter or digit first (config.yaml:2)',
    ],
    [
      'receivers:\n- { name: ops, email: { to: [a@b.c] } }\n- { name: ops, email: { to: [a@b.c] } }',
      'receivers[1].name: is the name of receivers[0] too: names must differ (config.yaml:3)',
    ],
    [
      'email_recipients: [a@b.c]\nreceivers:\n- { name: default, email: { to: [a@b.c] } }',
      'receivers[0].name: is the name of the one that email_recipients makes too: names must differ (config.yaml:3)',
    ],
    [
      'receivers:\n- { name: ops, email: { to: [] } }',
      'receivers[0].email.to: must name at least one address (config.yaml:2)',
    ],
    ['receivers:\n- { name: ops, email: {} }', 'receivers[0].email: give to (config.yaml:2)'],
    [
      'receivers:\n- { name: ops, email: { too: [a@b.c] } }',
      'receivers[0].email: give to (config.yaml:2)',
      'receivers[0].email.too: is no key that is known here: did you mean receivers[].email.to? (config.yaml:2)',
    ],
    [
      'receivers:\n- { name: ops, email: a@b.c }',
      'receivers[0].email: must have its keys below it, indented (config.yaml:2)',
      'receivers[0].email: give to (config.yaml:2)',
    ],
    [
      'receivers:\n- { name: s, slack: { } }',
      'receivers[0].slack: give token or token_file, or webhook_url (config.yaml:2)',
      'receivers[0].slack: give channel (config.yaml:2)',
    ],
    [
      'receivers:\n- name: s\n  slack:\n    token: a\n    token_file: secret\n    channel: x',
      'receivers[0].slack.token_file: give token or token_file, not both (config.yaml:5)',
    ],
    [
      "receivers:\n- { name: s, slack: { webhook_url: https://e.org/x, channel: '#a' } }",
      'receivers[0].slack.channel: give webhook_url or channel, not both (config.yaml:2)',
    ],
    [
      'receivers:\n- { name: s, slack: { webhook_url: hooks.slack.com/hunter2 } }',
      'receivers[0].slack.webhook_url: must be a URL such as https://health.example.com, with http:// or https:// (config.yaml:2)',
    ],
    [
      'receivers:\n- { name: h, webhook: { url: https://e.org } }',
      'receivers[0].webhook: give secret or secret_file: who takes the messages proves by it that they are ours (config.yaml:2)',
    ],
    [
      'receivers:\n- { name: h, webhook: { url: https://e.org, secret: hunter2 } }',
      'receivers[0].webhook.secret: must be base64 behind whsec_, or without whsec_ any text of at least 16 characters (config.yaml:2)',
    ],
    [
      'receivers:\n- { name: o, sms: { twilio: {} } }',
      'receivers[0].sms: give infobip: the service that sends them (config.yaml:2)',
      'receivers[0].sms.twilio: is no key that is known here (config.yaml:2)',
    ],
    [
      'receivers:\n- { name: o, sms: { infobip: { base_url: https://x, api_key: k, from: HealthApp, to: [0123] } } }',
      "receivers[0].sms.infobip.to[0]: must be an international number in quotes, as '+441234567890' (config.yaml:2)",
    ],
    [
      'receivers:\n- { name: ops, email: { to: [a@b.c] }, options: { a: b } }',
      'receivers[0].options: belongs to module alone (config.yaml:2)',
    ],
  ])('%j', (text, ...faults) => {
    expect(faultsOf(`${text}\n`).sort()).toEqual(faults.sort());
  });

  it.each([
    [{ SLACK_CHANNEL: '#a' }, 'SLACK_CHANNEL: does nothing alone: give SLACK_BOT_TOKEN too (environment)'],
    [
      { SLACK_BOT_TOKEN: 'x', SLACK_CHANNEL: 'a b' },
      "SLACK_CHANNEL: must be a channel's name in quotes, as '#alerts', or its id (environment)",
    ],
  ])('%j', (env, fault) => {
    expect(faultsOf('', env)).toEqual([fault]);
  });

  it('warns of mails without a server, and of a token that crosses the network in the open', () => {
    const text = [
      'receivers:',
      '- { name: ops, email: { to: [a@b.c] } }',
      `- { name: mm, mattermost: { url: http://mm.example.com, token: t, channel_id: ${channelId} } }`,
      `- { name: near, mattermost: { url: 'http://127.0.0.1:8065', token: t, channel_id: ${channelId} } }`,
    ];
    expect(warningsOf(text.join('\n'))).toEqual([
      'receivers[0].email: nobody is told by e-mail without email_server (config.yaml:2)',
      'receivers[1].mattermost.url: crosses the network unencrypted, and the key with it: use https:// (config.yaml:3)',
    ]);
  });

  it('warns of a module that is not there, since only a processor needs it', () => {
    expect(warningsOf('receivers:\n- { name: own, module: secret }')).toEqual([]);
    expect(warningsOf('receivers:\n- { name: own, module: ./my-reciever.js }')).toEqual([
      `receivers[0].module: ${folder.path}/my-reciever.js does not exist: no processor can start with this (config.yaml:2)`,
    ]);
  });
});
