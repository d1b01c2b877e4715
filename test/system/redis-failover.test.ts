import { afterEach, beforeEach, expect, it } from 'vitest';
import { type RedisSentinels, startRedisSentinels } from '../harness/redis-sentinels.ts';
import { type RedisServer, startRedisServer } from '../harness/redis-server.ts';
import { eventOf, type System, serverOf, startSystem } from '../harness/system.ts';
import { until } from '../harness/waiting.ts';

let system: System;
let replica: RedisServer;
let sentinels: RedisSentinels;

beforeEach(async () => {
  system = await startSystem({ config: { group_window: 0, mass_silence: false, alert_send_email_interval: -1 } });
  replica = await startRedisServer();
  await replica.command('REPLICAOF', '127.0.0.1', system.redis.port);
  sentinels = await startRedisSentinels(system.redis);
}, 120_000);
afterEach(async () => {
  await sentinels?.close();
  await system?.close();
  await replica?.close();
});

/** What was told of one server, in its order. */
function toldOf(server: string): string[] {
  return system
    .mails()
    .filter((mail) => serverOf(mail) === server)
    .map((mail) => String(eventOf(mail)));
}

const told = (server: string, events: readonly string[]) =>
  until(`${server}: ${events.join(', ')}`, 60_000, () => toldOf(server).length >= events.length);

/** Everything that was told is noted, and the replica has the note: what a crash may lose is another test's matter. */
async function allNoted(primary: RedisServer, other: RedisServer): Promise<void> {
  const offset = async (server: RedisServer, key: string) =>
    Number(new RegExp(`${key}:(\\d+)`).exec(String(await server.command('INFO', 'replication')))?.[1]);
  await until('all is noted', 60_000, async () => (await system.status()).notifications.waiting === 0);
  const noted = await offset(primary, 'master_repl_offset');
  await until('the replica has it', 60_000, async () => (await offset(other, 'slave_repl_offset')) >= noted);
}

/** A fresh heartbeat, as soon as the API can take one again. */
const heard = (server: string) =>
  until(`${server} is heard`, 60_000, async () => {
    const status = await system.heartbeat(server, { interval: 1, grace: 3 }).catch(() => 0);
    return status === 202;
  });

const leads = () => until('one leads', 60_000, async () => (await system.status().catch(() => null))?.leader != null);

it('a failover by Sentinel, and one back, lose and double nothing', async () => {
  const { config } = sentinels;
  await system.api(config);
  await Promise.all([system.processor(config), system.processor(config)]);
  await heard('early');
  await told('early', ['created']);

  await allNoted(system.redis, replica);
  await system.redis.end('SIGKILL');
  await until('the replica is the primary', 120_000, async () => (await sentinels.primaryPort()) === replica.port);
  await heard('late');
  await leads();
  await told('late', ['created']);
  await heard('early');
  await told('early', ['created', 'closed']);
  await told('early', ['created', 'closed', 'created']);

  // The old primary comes back as a replica, and an operator makes it the primary again while the other lives.
  await system.redis.start();
  await until('it follows', 60_000, async () =>
    String(await system.redis.command('INFO', 'replication')).includes('master_link_status:up'),
  );
  await allNoted(replica, system.redis);
  // Refused until the Sentinels have seen that it follows well.
  await until('the failover is accepted', 60_000, () =>
    sentinels.failOver().then(
      () => true,
      () => false,
    ),
  );
  await until('it is the primary', 120_000, async () => (await sentinels.primaryPort()) === system.redis.port);
  await heard('late');
  await told('late', ['created', 'closed', 'created']);
  expect(toldOf('late')).toEqual(['created', 'closed', 'created']);
  expect(toldOf('early')).toEqual(['created', 'closed', 'created']);
}, 600_000);
