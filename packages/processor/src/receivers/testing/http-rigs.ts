/** The other sides that are asked over HTTP: each answers as its vendor does. */
import { silentLogger } from '@healthapp/shared/runtime/logger';
import { type AskedRequest, createHttpPeer, type GivenAnswer } from '../../../../../test/harness/http-peer.ts';
import type { Receiver } from '../../ports.ts';
import { createHttpClient, type HttpClient } from '../http/client.ts';
import { createIrisReceiver } from '../iris/receiver.ts';
import { createMattermostReceiver } from '../mattermost/receiver.ts';
import { createSlackReceiver } from '../slack/receiver.ts';
import { createSmsReceiver } from '../sms/receiver.ts';
import { createWebhookReceiver } from '../webhook/receiver.ts';
import { type Mood, never, type Rig, soon, words } from './rig.ts';

const secret = 'xoxb-s3cr3t-token';

interface Vendor {
  receiver(url: string, http: HttpClient): Receiver;
  /** What it says when it takes a message. */
  taking(request: AskedRequest): GivenAnswer;
  /** What it says in a mood that is its own way; undefined: as HTTP has it. */
  saying(mood: Mood, request: AskedRequest): GivenAnswer | undefined;
  /** The text of a message that it was given. */
  textIn(request: AskedRequest): string;
  readonly knowsSome?: boolean;
}

const json = { 'content-type': 'application/json' };
const reply = (status: number, tree: unknown, headers = {}): GivenAnswer => {
  return { status, headers: { ...json, ...headers }, body: JSON.stringify(tree) };
};

function byHttp(mood: Mood): GivenAnswer {
  switch (mood) {
    case 'wait':
      return reply(429, { message: words }, { 'retry-after': '7' });
    case 'never':
      return reply(400, { message: words });
    case 'token':
      return reply(401, { message: `${words}: ${secret}` });
    default:
      return reply(503, { message: words });
  }
}

async function httpRig(vendor: Vendor): Promise<Rig> {
  let mood: Mood = 'accepts';
  const taken: string[] = [];
  const peer = await createHttpPeer(async (request) => {
    if (mood === 'breaks') return null;
    if (mood === 'hangs') return never;
    if (mood === 'slow') await soon();
    if (mood !== 'accepts' && mood !== 'slow' && mood !== 'some') return vendor.saying(mood, request) ?? byHttp(mood);
    taken.push(vendor.textIn(request));
    return (mood === 'some' ? vendor.saying(mood, request) : undefined) ?? vendor.taking(request);
  });
  return {
    receiver: vendor.receiver(peer.url, createHttpClient({ env: {} })),
    knows: [
      ...(['accepts', 'slow', 'later', 'wait', 'never', 'token', 'breaks', 'hangs'] as const),
      ...(vendor.knowsSome === true ? (['some'] as const) : []),
    ],
    become: (next) => {
      mood = next;
    },
    taken: () => taken,
    asked: () => peer.asked.length,
    secret,
    close: () => peer.close(),
  };
}

const bodyOf = ({ body }: AskedRequest) => JSON.parse(body) as Record<string, unknown>;
const common = { name: 'default', remindEveryMs: null, now: Date.now };

const webhook: Vendor = {
  receiver: (url, http) => createWebhookReceiver({ ...common, url: `${url}/hook`, key: Buffer.from(secret), http }),
  taking: () => ({ status: 204 }),
  saying: () => undefined,
  textIn: (request) => (bodyOf(request).data as { text: string }).text,
};

/** Mrkdwn as it is shown. */
const unmarked = (text: string) =>
  text
    .replace(/\u200b/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');

const slackTextIn = (request: AskedRequest) => {
  const { blocks } = bodyOf(request) as { blocks: { text?: { text: string } }[] };
  return unmarked(blocks.map(({ text }) => text?.text ?? '').join('\n'));
};

const slack: Vendor = {
  receiver(url, http) {
    const by = { kind: 'bot', apiUrl: url, token: secret, channel: '#alerts' } as const;
    return createSlackReceiver({ ...common, by, http });
  },
  taking: () => reply(200, { ok: true, channel: 'C0123456789', ts: '1795168800.000100' }),
  saying(mood) {
    if (mood === 'wait') return reply(429, { ok: false, error: words }, { 'retry-after': '7' });
    if (mood === 'never') return reply(200, { ok: false, error: words });
    if (mood === 'token') return reply(200, { ok: false, error: 'invalid_auth', detail: words });
    return undefined;
  },
  textIn: slackTextIn,
};

const slackWebhook: Vendor = {
  receiver(url, http) {
    return createSlackReceiver({ ...common, by: { kind: 'incoming-webhook', url: `${url}/services/${secret}` }, http });
  },
  taking: () => ({ status: 200, body: 'ok' }),
  saying: (mood) => (mood === 'never' ? { status: 404, body: words } : undefined),
  textIn: slackTextIn,
};

/** Markdown as it is shown. */
const unescaped = (text: string) => text.replace(/\u200b/g, '').replace(/\\([^\w\s])/g, '$1');

const mattermost: Vendor = {
  receiver(url, http) {
    const by = { kind: 'bot', url, token: secret, channelId: 'abcdefghijklmnopqrstuvwxy1' } as const;
    return createMattermostReceiver({ ...common, by, http });
  },
  taking: () => reply(201, { id: 'post1post1post1post1post1p', create_at: 1 }),
  saying(mood) {
    if (mood === 'never') return reply(404, { id: 'store.sql_channel.get.existing.app_error', message: words });
    return undefined;
  },
  textIn: (request) => unescaped(bodyOf(request).message as string),
};

const mattermostWebhook: Vendor = {
  receiver(url, http) {
    const by = { kind: 'incoming-webhook', url: `${url}/hooks/${secret}` } as const;
    return createMattermostReceiver({ ...common, by, http });
  },
  taking: () => ({ status: 200, body: 'ok' }),
  saying: () => undefined,
  textIn: (request) => unescaped(bodyOf(request).text as string),
};

interface InfobipBody {
  readonly messages: readonly { destinations: readonly { to: string }[]; content: { text: string } }[];
}

function infobipAnswer(request: AskedRequest, refused: string | null): GivenAnswer {
  const { messages } = bodyOf(request) as unknown as InfobipBody;
  const pending = { groupId: 1, groupName: 'PENDING', id: 26, name: 'PENDING_ACCEPTED', description: 'Accepted' };
  const rejected = { groupId: 5, groupName: 'REJECTED', id: 8, name: 'REJECTED_PREFIX_MISSING', description: words };
  const told = messages.flatMap(({ destinations }) =>
    destinations.map(({ to }) => ({ destination: to, status: to === refused ? rejected : pending })),
  );
  return reply(200, { bulkId: '1', messages: told });
}

const sms: Vendor = {
  receiver(baseUrl, http) {
    const to = ['441234567890', '441234567891'];
    return createSmsReceiver({ ...common, baseUrl, apiKey: secret, from: 'HealthApp', to, http }, silentLogger);
  },
  taking: (request) => infobipAnswer(request, null),
  saying(mood, request) {
    if (mood === 'some') return infobipAnswer(request, '441234567891');
    const error = { errorCode: 'E4XX', description: words, action: 'Look at it.', violations: [], resources: [] };
    if (mood === 'never') return reply(400, error);
    if (mood === 'token') return reply(401, error);
    return undefined;
  },
  textIn: (request) => (bodyOf(request) as unknown as InfobipBody).messages[0]?.content.text ?? '',
  knowsSome: true,
};

const iris: Vendor = {
  receiver: (url, http) => createIrisReceiver({ ...common, url, app: 'healthapp', key: secret, plan: 'ops', http }),
  taking: () => reply(201, 2590447),
  saying: (mood) => (mood === 'never' ? reply(404, { title: 'Not found', description: words }) : undefined),
  textIn: (request) => (bodyOf(request).context as { text: string }).text,
};

export const httpRigs: Record<string, () => Promise<Rig>> = {
  webhook: () => httpRig(webhook),
  slack: () => httpRig(slack),
  'slack by webhook': () => httpRig(slackWebhook),
  mattermost: () => httpRig(mattermost),
  'mattermost by webhook': () => httpRig(mattermostWebhook),
  sms: () => httpRig(sms),
  iris: () => httpRig(iris),
};
