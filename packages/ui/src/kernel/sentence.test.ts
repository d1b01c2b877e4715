import { describe, expect, it } from 'vitest';
import { statusView } from '../testing/views.ts';
import { overviewDetails, overviewSentence } from './sentence.ts';

describe('the first sentence', () => {
  it.each([
    [{ up: 211, silent: 3 }, 'critical', '3 of 214 servers are down'],
    [{ up: 213, silent: 1 }, 'critical', '1 of 214 servers is down'],
    [{ silent: 1 }, 'critical', 'The only server is down'],
    [{ silent: 4 }, 'critical', 'All 4 servers are down'],
    [{ up: 2000, silent: 1 }, 'critical', '1 of 2,001 servers is down'],
    [{ up: 214 }, 'good', 'All 214 servers report'],
    [{ up: 1 }, 'good', 'The only server reports'],
    [{ up: 210, stopped: 4 }, 'good', 'All 210 servers that should report do'],
    [{ stopped: 2 }, 'neutral', 'All 2 servers are stopped'],
    [{ up: 210, unknown: 4 }, 'warning', '210 of 214 servers report'],
    [{}, 'neutral', 'No server reports yet'],
  ] as const)('of %j is "%s: %s"', (servers, tone, text) => {
    expect(overviewSentence(statusView({ servers }))).toEqual({ tone, text });
  });

  it('warns when all report but an alert is open', () => {
    expect(overviewSentence(statusView({ servers: { up: 3 }, openAlerts: 1 })).tone).toBe('warning');
  });

  it('never says that all report while nobody looks', () => {
    const text = overviewSentence(statusView({ servers: { up: 214 } }, { leader: null })).text;
    expect(text).toBe('Nobody watches 214 servers');
  });

  it('never says that all report while the monitor is blind', () => {
    const blind = statusView({ servers: { up: 214 } }, { blindness: { now: true, recent: [] } });
    expect(overviewSentence(blind)).toEqual({
      tone: 'critical',
      text: 'The monitor cannot hear the servers right now',
    });
  });

  it('says nothing of servers while Redis is not reachable', () => {
    const status = statusView({});
    const text = overviewSentence({ ...status, redis: { ...status.redis, reachable: false } }).text;
    expect(text).toBe('Redis is not reachable: nothing is known right now');
  });
});

describe('the line below it', () => {
  it('tells what else is to know', () => {
    const status = statusView({ servers: { up: 5, silent: 1, unknown: 1, stopped: 2 }, openAlerts: 2 });
    expect(overviewDetails(status)).toEqual(['2 open alerts', '1 unknown', '2 stopped']);
  });

  it('says that no alert is open only while somebody looks', () => {
    expect(overviewDetails(statusView({ servers: { up: 5 } }))).toEqual(['No open alerts']);
    expect(overviewDetails(statusView({ servers: { up: 5 } }, { leader: null }))).toEqual(['5 servers known']);
  });
});
