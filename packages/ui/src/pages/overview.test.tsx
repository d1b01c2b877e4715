import type { SessionView } from '@healthapp/shared/wire/access';
import type { ServerView, StatusView } from '@healthapp/shared/wire/api';
import { screen, within } from '@solidjs/testing-library';
import { describe, expect, it } from 'vitest';
import { type Answers, openPage, usualAnswers } from '../testing/open-page.tsx';
import { alertView, noon, serverView, statusView } from '../testing/views.ts';
import { OverviewPage } from './overview.tsx';

interface World {
  readonly status: StatusView;
  readonly servers?: readonly ServerView[];
  readonly role?: SessionView['role'];
}

function answersOf({ status, servers = [], role = 'operator' }: World): Answers {
  return {
    ...usualAnswers(role),
    status,
    servers: { servers, nextCursor: null },
    alerts: { alerts: [], nextCursor: null },
  };
}

const open = (answers: Answers) => openPage(OverviewPage, answers).source;
const headline = (text: string) => screen.findByRole('heading', { level: 1, name: text });

describe('the overview', () => {
  it('begins with the sentence, and shows what is down before anything else', async () => {
    const down = serverView('db-1', { state: 'silent', lastHeartbeatAt: noon - 540_000 });
    open(answersOf({ status: statusView({ servers: { up: 1, silent: 1 } }), servers: [down, serverView('web-1')] }));
    await headline('1 of 2 servers is down');
    const section = await screen.findByRole('region', { name: 'Needs a look' });
    expect(within(section).getByRole('link', { name: 'db-1' }).getAttribute('href')).toBe('/server/db-1');
    expect(section.textContent).toContain('Last heard 9 min ago');
  });

  it('begins what needs a look with what concerns the fleet, whatever else is open', async () => {
    const summary = '9 of 10 servers fell silent together: look for what they share';
    const fleet = [
      {
        alertId: 'm1',
        kind: 'mass-silence',
        subject: '',
        severity: 'critical' as const,
        summary,
        since: noon - 60_000,
      },
    ];
    const down = serverView('db-1', { state: 'silent', lastHeartbeatAt: noon - 540_000 });
    open(answersOf({ status: statusView({ servers: { up: 1, silent: 9 } }, { fleet }), servers: [down] }));
    const section = await screen.findByRole('region', { name: 'Needs a look' });
    const names = within(section)
      .getAllByRole('link')
      .map((link) => link.getAttribute('href'));
    expect(names.slice(0, 3)).toEqual(['/alert/m1', '/alert/m1', '/server/db-1']);
    expect(section.textContent).toContain(summary);
  });

  it('changes within a moment when a server falls silent, without a reload', async () => {
    const answers = answersOf({ status: statusView({ servers: { up: 2 } }), servers: [serverView('db-1')] });
    const source = open(answers);
    await headline('All 2 servers report');
    answers.status = statusView({ servers: { up: 1, silent: 1 }, openAlerts: 1 });
    source.sends('server', serverView('db-1', { state: 'silent' }));
    source.sends('alert', alertView('a1', { server: 'db-1' }));
    await headline('1 of 2 servers is down');
    expect(document.title).toBe('(1) Overview – HealthApp');
    expect(await screen.findByRole('table', { name: 'Open alerts' })).toBeTruthy();
  });

  it('shows how to add a server while there is none', async () => {
    open(answersOf({ status: statusView({}) }));
    await headline('No server reports yet');
    const steps = await screen.findByRole('region', { name: 'Add the first server' });
    expect(steps.textContent).toContain('healthapp key web-1');
    expect(steps.textContent).toContain('api_url: https://health.example.com');
    expect(within(steps).getAllByRole('button', { name: /^Copy/ })).toHaveLength(5);
  });

  it('tells a viewer who can add one', async () => {
    open(answersOf({ status: statusView({}), role: 'viewer' }));
    await headline('No server reports yet');
    expect(await screen.findByText(/which an operator makes/)).toBeTruthy();
    expect(screen.queryByRole('button', { name: /^Copy/ })).toBeNull();
  });

  it('tells of the monitor only when it is not well', async () => {
    const answers = answersOf({ status: statusView({ servers: { up: 2 } }), servers: [serverView('db-1')] });
    const source = open(answers);
    await headline('All 2 servers report');
    expect(screen.queryByRole('region', { name: 'The monitor itself' })).toBeNull();
    source.sends('status', statusView({ servers: { up: 2 } }, { leader: null }));
    await headline('Nobody watches 2 servers');
    expect(screen.getByRole('region', { name: 'The monitor itself' }).textContent).toContain('healthapp processor');
  });

  it('says why it knows nothing', async () => {
    open({});
    await headline('Nothing is known yet');
    expect((await screen.findAllByRole('alert'))[0]?.textContent).toContain('Not found');
  });
});
