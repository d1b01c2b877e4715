import type { SilenceView } from '@healthapp/shared/wire/api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAnsweringApi, done, noon } from '../answering-api.ts';
import { localTime } from '../times.ts';

let api: Awaited<ReturnType<typeof createAnsweringApi>>;

beforeEach(async () => {
  api = await createAnsweringApi();
});

afterEach(() => api.close());

describe('healthapp silences', () => {
  const until = noon + 7_200_000;
  const silence: SilenceView = {
    id: 's1',
    match: { server: 'db-*', label: { env: 'prod' }, kind: 'offline' },
    startsAt: noon,
    endsAt: until,
    recurring: null,
    reason: 'a new kernel',
    createdBy: 'operator',
    createdAt: noon,
    active: true,
    activeUntil: null,
    nextAt: null,
  };

  it('adds one, and says what it holds until when', async () => {
    api.answers(() => ({ status: 201, body: silence }));
    const { status, out } = await api.run(
      'silences add --server db-* --kind offline --label env=prod --for 2h --reason kernel'.split(' '),
    );
    expect(status).toBe(0);
    expect(out).toBe(
      `silence s1 holds notifications of offline alerts of servers db-* labelled env=prod until ${localTime(until)} (in 2 h)\n`,
    );
    expect(api.asked[0]).toMatchObject({ method: 'POST', url: '/api/v1/silences' });
    expect(JSON.parse(api.sent[0] ?? '')).toEqual({ match: silence.match, endsAt: until, reason: 'kernel' });
  });

  it('prints the one that was added as JSON', async () => {
    api.answers(() => ({ status: 201, body: silence }));
    const { out } = await api.run(['silences', 'add', '--kind', 'offline', '--for', '2h', '--reason', 'x', '--json']);
    expect(JSON.parse(out)).toEqual(silence);
  });

  it.each([
    [['--server', 'a', '--for', '2h'], '--reason is missing: --reason TEXT'],
    [['--server', 'a', '--reason', 'x'], '--for DURATION or --until TIME is missing'],
    [['--for', '2h', '--reason', 'x'], 'give --server, --label or --kind'],
  ])('asks for nothing when %j cannot be one', async (flags, message) => {
    const { status, err } = await api.run(['silences', 'add', ...flags]);
    expect({ status, asked: api.asked }).toEqual({ status: 2, asked: [] });
    expect(err).toContain(message);
  });

  it("tells the API's own words when it refuses one", async () => {
    api.answers(() => ({ status: 400, body: { detail: 'recurring: rrule: it never occurs' } }));
    const { status, err } = await api.run(['silences', 'add', '--server', 'a', '--for', '2h', '--reason', 'x']);
    expect({ status, err }).toEqual({ status: 1, err: 'healthapp: recurring: rrule: it never occurs (400)\n' });
  });

  it('lists those that hold, come and are over', async () => {
    const next = noon + 86_400_000;
    const recurring = { rrule: 'FREQ=DAILY', timezone: 'UTC' };
    const plain = { server: 'a', label: null, kind: null };
    const silences: SilenceView[] = [
      { ...silence, match: plain },
      { ...silence, id: 's2', match: plain, recurring, active: false, nextAt: next },
      { ...silence, id: 's3', match: plain, startsAt: noon - 7200_000, endsAt: noon - 3600_000, active: false },
    ];
    api.answers(() => ({ body: { silences } }));
    const { out } = await api.run(['silences']);
    const lines = out.split('\n');
    expect(lines[0]).toMatch(/^STATE +HOLDS +FROM +UNTIL +AGAIN +REASON +BY +ID$/);
    expect(lines[1]).toMatch(/^active +alerts of a +.* \(in 2 h\) +a new kernel +operator +s1$/);
    expect(lines[2]).toMatch(/^to come .*\(in 1 d\) .*\(in 1 d 2 h\) +FREQ=DAILY in UTC, 2 h each time .* s2$/);
    expect(lines[3]).toMatch(/^over .*\(1 h ago\) .* s3$/);
  });

  it('prints the list as JSON, and says so when there are none', async () => {
    api.answers(() => ({ body: { silences: [silence] } }));
    expect(JSON.parse((await api.run(['silences', 'list', '--json'])).out)).toEqual({ silences: [silence] });
    api.answers(() => ({ body: { silences: [] } }));
    expect((await api.run(['silences'])).out).toBe('no silences\n');
  });

  it('removes those that are named, whichever of them there are', async () => {
    api.answers((request) =>
      request.url?.endsWith('/s1') ? { status: 404, body: { detail: 'no silence s1' } } : done,
    );
    expect(await api.run(['silences', 'remove', 's1', 's2'])).toEqual({
      status: 1,
      out: 'silence s2 is removed\n',
      err: 'healthapp: no silence s1 (404)\n',
    });
    expect(api.asked[1]).toMatchObject({ method: 'DELETE', url: '/api/v1/silences/s2' });
  });
});
