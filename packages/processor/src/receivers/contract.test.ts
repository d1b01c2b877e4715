/** What the sender relies on, asked of every receiver. A new receiver adds its rig to the list. */
import { Permanent, Retryable } from '@healthapp/shared/runtime/errors';
import { silentLogger } from '@healthapp/shared/runtime/logger';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSmtpPeer, type Refusal } from '../../../../test/harness/smtp-peer.ts';
import { createEmailReceiver } from './email/receiver.ts';
import { diskAlert, harmfulAlert, massSilenceAlert, offlineAlert, offlineAlerts, openedAt } from './example-alerts.ts';
import { factsOf, groupFactsOf } from './example-facts.ts';
import { createMailboxReceiver } from './mailbox.ts';
import { createModuleReceiver } from './module/receiver.ts';
import { httpRigs } from './testing/http-rigs.ts';
import { type Mood, never, type Rig, soon, words } from './testing/rig.ts';

async function emailRig(): Promise<Rig> {
  let mood: Mood = 'accepts';
  let asked = 0;
  const peer = await createSmtpPeer({
    auth: () => (mood === 'token' ? { code: 535, text: words } : undefined),
    recipient: (address) => (mood === 'some' && address.startsWith('b@') ? { code: 550, text: words } : undefined),
    message(self): Refusal | undefined | Promise<Refusal | undefined> {
      asked += 1;
      if (mood === 'later') return { code: 451, text: words };
      if (mood === 'never') return { code: 554, text: words };
      if (mood === 'slow') return soon();
      if (mood === 'breaks') self.cut();
      return mood === 'accepts' || mood === 'some' ? undefined : never;
    },
  });
  const receiver = createEmailReceiver(
    {
      name: 'default',
      sender: 'alerts@example.com',
      recipients: ['a@example.com', 'b@example.com'],
      server: '127.0.0.1',
      port: peer.port,
      security: 'none',
      user: 'healthapp',
      password: 's3cr3t',
      remindEveryMs: 300_000,
    },
    silentLogger,
  );
  return {
    receiver,
    knows: ['accepts', 'slow', 'later', 'never', 'some', 'breaks', 'hangs'],
    become: (next) => {
      mood = next;
    },
    taken: () => peer.taken.map(({ mail }) => mail.text ?? ''),
    asked: () => asked,
    secret: 's3cr3t',
    close: () => peer.close(),
  };
}

async function mailboxRig(): Promise<Rig> {
  let mood: Mood = 'accepts';
  const kept = new Map<string, string>();
  const receiver = createMailboxReceiver({
    name: 'default',
    sender: 'healthapp@localhost',
    recipients: ['you@localhost'],
    remindEveryMs: null,
    async store({ id, text }) {
      if (mood === 'later' || mood === 'breaks') throw new Error(words);
      if (mood === 'slow') await soon();
      if (mood === 'hangs') await never;
      kept.set(id, text);
    },
  });
  return {
    receiver,
    knows: ['accepts', 'slow', 'later', 'breaks', 'hangs'],
    become: (next) => {
      mood = next;
    },
    taken: () => [...kept.values()],
    asked: () => kept.size,
    secret: null,
    close: () => Promise.resolve(),
  };
}

async function moduleRig(): Promise<Rig> {
  let mood: Mood = 'accepts';
  const texts: string[] = [];
  let asked = 0;
  const receiver = createModuleReceiver({
    name: 'default',
    options: {},
    remindEveryMs: null,
    async send({ text }) {
      asked += 1;
      if (mood === 'wait') throw Object.assign(new Error(words), { retryAfterS: 7 });
      if (mood === 'never') throw Object.assign(new Error(words), { permanent: true });
      if (mood === 'later' || mood === 'breaks') throw new Error(words);
      if (mood === 'slow') await soon();
      if (mood === 'hangs') await never;
      texts.push(text);
    },
  });
  return {
    receiver,
    knows: ['accepts', 'slow', 'later', 'wait', 'never', 'breaks', 'hangs'],
    become: (next) => {
      mood = next;
    },
    taken: () => texts,
    asked: () => asked,
    secret: null,
    close: () => Promise.resolve(),
  };
}

const rigs: Record<string, () => Promise<Rig>> = {
  email: emailRig,
  mailbox: mailboxRig,
  module: moduleRig,
  ...httpRigs,
};

describe.each(Object.entries(rigs))('the receiver %s', { timeout: 60_000 }, (rigName, createRig) => {
  let rig: Rig;
  const kind = rigName.split(' ')[0];
  const patient = () => AbortSignal.timeout(30_000);
  const facts = factsOf(offlineAlert, 'created');

  beforeEach(async () => {
    rig = await createRig();
  });
  afterEach(async () => {
    await rig.receiver.close();
    await rig.close();
  });

  it('says its name and kind', () => {
    expect(rig.receiver).toMatchObject({ name: 'default', kind });
  });

  it('describes the same facts in the same way', () => {
    expect(rig.receiver.describe(facts)).toEqual(rig.receiver.describe(structuredClone(facts)));
  });

  it('resolves once the other side has taken the message', async () => {
    await rig.receiver.send(rig.receiver.describe(facts), patient());
    expect(rig.taken()).toHaveLength(1);
    expect(rig.taken()[0]).toContain('db-1.example.com has not reported for 5 min.');
  });

  it('waits for the one that is slow', async () => {
    rig.become('slow');
    const sending = rig.receiver.send(rig.receiver.describe(facts), patient());
    expect(rig.taken()).toHaveLength(0);
    await sending;
    expect(rig.taken()).toHaveLength(1);
  });

  it('asks for another try, in the words of the other side, and then gets it through', async () => {
    rig.become('later');
    const message = rig.receiver.describe(facts);
    const failure = await rig.receiver.send(message, patient()).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Retryable);
    expect((failure as Error).message).toContain(words);
    rig.become('accepts');
    await rig.receiver.send(message, patient());
    expect(rig.taken()).toHaveLength(1);
  });

  it('asks to be tried again no sooner than the other side says', async (context) => {
    if (!rig.knows.includes('wait')) return context.skip('the other side cannot say when');
    rig.become('wait');
    const failure = await rig.receiver.send(rig.receiver.describe(facts), patient()).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Retryable);
    const reason = kind === 'module' ? 'unavailable' : 'rate-limited';
    expect(failure).toMatchObject({ afterMs: 7000, reason, message: expect.stringContaining(words) });
  });

  it('gives up when the other side refuses the token, and does not show it', async (context) => {
    if (!rig.knows.includes('token')) return context.skip('there is none, or it is tried again');
    rig.become('token');
    const failure = await rig.receiver.send(rig.receiver.describe(facts), patient()).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Permanent);
    expect(failure).toMatchObject({ reason: 'credentials' });
    expect((failure as Error).message).not.toContain(rig.secret);
  });

  it('is content when one recipient is refused and the others have the message', async (context) => {
    if (!rig.knows.includes('some')) return context.skip('there is but one recipient');
    rig.become('some');
    await rig.receiver.send(rig.receiver.describe(facts), patient());
    expect(rig.taken()).toHaveLength(1);
  });

  it('gives up, in the words of the other side, what will never be taken', async (context) => {
    if (!rig.knows.includes('never')) return context.skip('it takes everything');
    rig.become('never');
    const failure = await rig.receiver.send(rig.receiver.describe(facts), patient()).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Permanent);
    expect((failure as Error).message).toContain(words);
  });

  it('asks for another try when the other side breaks off', async () => {
    rig.become('breaks');
    const message = rig.receiver.describe(facts);
    await expect(rig.receiver.send(message, patient())).rejects.toBeInstanceOf(Retryable);
    rig.become('accepts');
    await rig.receiver.send(message, patient());
    expect(rig.taken()).toHaveLength(1);
  });

  it('ends an attempt at the signal, and can make another', async () => {
    rig.become('hangs');
    const message = rig.receiver.describe(facts);
    await expect(rig.receiver.send(message, AbortSignal.timeout(300))).rejects.toBeInstanceOf(Retryable);
    rig.become('accepts');
    await rig.receiver.send(message, patient());
    expect(rig.taken()).toHaveLength(1);
  });

  it('does not begin an attempt that is over before it began', async () => {
    const attempt = rig.receiver.send(rig.receiver.describe(facts), AbortSignal.abort());
    await expect(attempt).rejects.toBeInstanceOf(Retryable);
    expect(rig.asked()).toBe(0);
  });

  it('closes though an attempt hangs', async () => {
    rig.become('hangs');
    const attempt = rig.receiver.send(rig.receiver.describe(facts), patient()).catch((error: unknown) => error);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await rig.receiver.close();
    await rig.close();
    if (kind !== 'mailbox') expect(await attempt).toBeInstanceOf(Retryable);
  });

  it('carries several messages at once, each one once', async (context) => {
    if (kind === 'iris') return context.skip('it reminds by itself');
    const reminders = Array.from({ length: 12 }, (_none, index) => {
      return factsOf(diskAlert, 'ongoing', { number: index + 1, now: openedAt + (index + 1) * 60_000 });
    });
    await Promise.all(reminders.map((each) => rig.receiver.send(rig.receiver.describe(each), patient())));
    const minutes = rig.taken().map((text) => Number(/too full for (\d+) min/.exec(text)?.[1]));
    expect(minutes.sort((a, b) => a - b)).toEqual(reminders.map(({ number }) => number));
  });

  it('carries one message about 3,000 alerts in the time of one', async () => {
    await rig.receiver.send(rig.receiver.describe(groupFactsOf(offlineAlerts(3000), 'created')), patient());
    expect(rig.taken()).toHaveLength(1);
    expect(rig.taken()[0]).toMatch(/3,000 servers (?:are )?offline/);
  });

  it.each(['created', 'ongoing', 'closed', 'flapping', 'steady', 'test'] as const)(
    'has words for %s',
    async (event) => {
      await rig.receiver.send(rig.receiver.describe(factsOf(offlineAlert, event)), patient());
      if (event !== 'test') {
        await rig.receiver.send(rig.receiver.describe(groupFactsOf(offlineAlerts(3), event)), patient());
      }
      for (const text of rig.taken()) expect(text).toMatch(/db-1|This is a test/);
    },
  );

  it('tells of what is of no server', async () => {
    await rig.receiver.send(rig.receiver.describe(factsOf(massSilenceAlert, 'created')), patient());
    expect(rig.taken()[0]).toContain('120 of 200 servers fell silent together.');
  });

  it.each([
    ['an attacker named', factsOf(harmfulAlert, 'created')],
    ['an attacker named, among others', groupFactsOf([harmfulAlert, diskAlert, offlineAlert], 'created')],
  ])('carries what %s as it is described, character by character', async (_name, harmful) => {
    const message = rig.receiver.describe(harmful);
    await rig.receiver.send(message, patient());
    const [text] = rig.taken();
    expect(text).toMatch(/\S/);
    if (kind !== 'email' && kind !== 'mailbox') return;
    expect(text?.replaceAll('\r\n', '\n').trimEnd()).toBe((message as { text: string }).text.trimEnd());
  });
});
