import { describe, expect, it } from 'vitest';
import { withNotableLines } from './notable-lines.ts';
import type { Problem } from './problem.ts';

const now = Date.UTC(2026, 3, 1, 12, 0);
const lines = [
  { at: now - 1000, dyno: 'web.1', text: 'H12 Request timeout: GET /cart, status 503' },
  { at: now - 2000, dyno: 'worker.1', text: 'Process exited with status 137' },
  { at: now - 3000, dyno: 'worker.1', text: 'State changed from up to crashed' },
  { at: now - 3_600_000, dyno: 'worker.1', text: 'State changed from starting to up' },
];
const crash: Problem = {
  kind: 'dyno-crashed',
  subject: 'worker.1',
  severity: 'critical',
  summary: 'worker.1 has crashed',
};

describe('what the log said lately', () => {
  it("stands beside a dyno's problem, oldest first, without other dynos'", () => {
    expect(withNotableLines(crash, lines, 10, now).context?.log).toEqual([
      '2026-04-01T11:59:57.000Z worker.1: State changed from up to crashed',
      '2026-04-01T11:59:58.000Z worker.1: Process exited with status 137',
    ]);
  });

  it("stands beside a rule's breach, of the whole app, the last so many", () => {
    const breach: Problem = { ...crash, kind: 'heroku-error', subject: 'H12 on web (3 in 5 min)' };
    expect(withNotableLines(breach, lines, 2, now).context?.log).toEqual([
      '2026-04-01T11:59:58.000Z worker.1: Process exited with status 137',
      '2026-04-01T11:59:59.000Z web.1: H12 Request timeout: GET /cart, status 503',
    ]);
  });

  it('keeps the release, and gives way to what the poller read itself', () => {
    const release = { version: 7, description: 'Deploy', user: null, createdAt: now };
    expect(withNotableLines({ ...crash, context: { release } }, lines, 1, now).context).toMatchObject({
      release,
      log: [expect.stringContaining('137')],
    });
    const read = { ...crash, context: { log: ['read'] } };
    expect(withNotableLines(read, lines, 10, now)).toBe(read);
  });

  it.each([
    ['of another kind', { ...crash, kind: 'offline' } as Problem, 10],
    ['where none is wanted', crash, 0],
    ['of a dyno that said nothing', { ...crash, subject: 'web.9' }, 10],
  ])('does not stand beside a problem %s', (_, problem, most) => {
    expect(withNotableLines(problem, lines, most, now)).toBe(problem);
  });
});
