/** (c) The time from a server's deadline until a mail server has taken the message about it. */
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { createPartition } from '@healthapp/shared/redis/partition';
import { Redis } from 'ioredis';
import { type System, serverOf, startSystem } from '../test/harness/system.ts';
import { sleep, until } from '../test/harness/waiting.ts';
import { type Generator, startGenerator } from './children.ts';
import { type Effort, median, percentile, type Row, row } from './measure.ts';
import { own } from './owned.ts';
import { serverName } from './payload.ts';

const falling = 100;
/** One falls silent after the other, so that none waits for another's message. */
const apartMs = 97;
const first = 200_000;
const day = 86_400;

export async function measureDelivery({ quick, runs, say }: Effort): Promise<Row[]> {
  const servers = quick ? 2000 : 10_000;
  const system = own(
    await startSystem({
      config: { group_window: 0, mass_silence: false, alert_send_email_interval: -1 },
      redis: { appendOnly: false },
    }),
  );
  const generator = startGenerator();
  const redis = new Redis(system.redis.url);
  try {
    await system.api();
    await system.processor();
    const port = Number(new URL(system.apiUrl).port);
    const { apiKey } = system;
    say(`delivery: registering ${servers} servers`);
    await generator.prepare({ apiKey, from: 0, servers, rounds: 1, sentAt: Date.now(), graceS: day });
    await generator.send({ port, connections: 16 });
    const { keys } = createPartition(redis, 0);
    await until('all are judged', 60_000, async () => (await redis.zcard(keys.changed)) === 0);

    const lates: number[][] = [];
    const bare: number[] = [];
    for (let run = 1; run <= runs; run += 1) {
      say(`delivery: run ${run} of ${runs}`);
      bare.push(median(await bareMails(system.smtp.port, 50)));
      lates.push(await fallSilent(system, generator, { port, servers, from: first + run * falling }));
    }
    const part = 'delivery';
    const at = (share: number) => lates.map((late) => percentile(late, share));
    return [
      row(
        part,
        'earliest after the deadline',
        'ms',
        lates.map((late) => Math.min(...late)),
        { atLeast: 0 },
      ),
      row(part, 'median after the deadline', 'ms', at(0.5), { atMost: 150 }),
      row(part, 'p99 after the deadline', 'ms', at(0.99), { atMost: 500 }),
      row(part, 'latest after the deadline', 'ms', at(1)),
      row(part, 'a bare SMTP transaction, median', 'ms', bare),
      row(
        part,
        'median ÷ a bare SMTP transaction',
        '',
        at(0.5).map((late, run) => late / (bare[run] ?? Number.NaN)),
      ),
    ];
  } finally {
    redis.disconnect();
    await generator.close();
    await system.close();
  }
}

/** @returns for each server, how long after its deadline its mail was taken, ms. */
async function fallSilent(
  system: System,
  generator: Generator,
  { port, servers, from }: { port: number; servers: number; from: number },
): Promise<number[]> {
  const { apiKey } = system;
  const names = Array.from({ length: falling }, (_, index) => serverName(from + index));
  const dueAt = new Map<string, number>();
  const taken = new Map<string, number>();
  const seen = system.mails().length;

  // One connection, so answers come in the order of the servers.
  const graceS = names.map((_, index) => (8000 + index * apartMs) / 1000);
  await generator.prepare({ apiKey, from, servers: falling, rounds: 1, sentAt: Date.now(), graceS });
  const { answers } = await generator.send({ port, connections: 1 });
  names.forEach((name, index) => {
    dueAt.set(name, (JSON.parse(answers[index] ?? '') as { dueAt: number }).dueAt);
  });

  let looked = seen;
  const look = () => {
    const mails = system.mails();
    for (; looked < mails.length; looked += 1) {
      const mail = mails[looked];
      if (mail !== undefined) taken.set(serverOf(mail), Date.now());
    }
  };
  const looking = setInterval(look, 2);
  try {
    // The others go on reporting, each every 30 s.
    await generator.prepare({ apiKey, from: 0, servers, rounds: 2, sentAt: Date.now(), graceS: day });
    await sleep(Math.max(0, Math.min(...dueAt.values()) - Date.now() - 3000));
    const sending = generator.send({ port, connections: 16, perSecond: servers / 30 });
    await until('every mail has come', falling * apartMs + 40_000, () => taken.size >= falling);
    generator.stop();
    await sending;
  } finally {
    clearInterval(looking);
  }
  return names.map((name) => (taken.get(name) ?? Number.NaN) - (dueAt.get(name) ?? Number.NaN));
}

/** Sends messages over one connection, as plainly as SMTP allows. @returns how long each took, ms. */
async function bareMails(port: number, count: number): Promise<number[]> {
  const socket = connect(port, '127.0.0.1');
  const answers = createInterface({ input: socket })[Symbol.asyncIterator]();
  async function ask(line: string | null): Promise<void> {
    if (line !== null) socket.write(`${line}\r\n`);
    for (;;) {
      const answer = String((await answers.next()).value);
      if (!/^[23]/.test(answer)) throw new Error(`the mail server refused ${line}: ${answer}`);
      if (answer[3] !== '-') return;
    }
  }
  await ask(null);
  await ask('EHLO bench.example');
  const times: number[] = [];
  for (let sent = 0; sent < count; sent += 1) {
    const begun = performance.now();
    await ask('MAIL FROM:<a@example.com>');
    await ask('RCPT TO:<b@example.com>');
    await ask('DATA');
    await ask('Subject: bench\r\nX-HealthApp-Server: bare\r\n\r\nNothing happened.\r\n.');
    times.push(performance.now() - begun);
  }
  socket.destroy();
  return times;
}
