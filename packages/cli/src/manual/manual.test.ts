import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { agentUsage } from '@healthapp/agent/usage';
import { describe, expect, it } from 'vitest';
import { commands } from '../commands.ts';
import { agentPage, healthappPage } from './command-page.ts';
import { agentCompletion, healthappCompletion } from './completion.ts';
import { configPage } from './config-page.ts';

const sample = readFileSync(new URL('../../../../config.sample.yaml', import.meta.url), 'utf8');

/** What stands on a page, without the markup and the line breaks. */
function plain(page: string): string {
  return page
    .replace(/^\.(?:B|I|SH|SS) /gm, '')
    .replace(/^\.\w+.*$/gm, '')
    .replace(/\\&/g, '')
    .replace(/\\(.)/g, '$1')
    .replace(/\s+/g, ' ');
}

/** A comment that is shown as an example keeps the mark of its lines, wherever they are broken. */
function withoutMarks(text: string): string {
  return text.replaceAll('#', ' ').replace(/\s+/g, ' ');
}

describe('the manual pages', () => {
  it('healthapp(1) has every command, with every flag', () => {
    const source = healthappPage(commands, '1.2.3');
    expect(source).toMatch(/^\.TH HEALTHAPP 1 .*"HealthApp 1\.2\.3"/);
    const page = plain(source);
    for (const { name, usage } of commands) {
      expect(page).toContain(`healthapp ${name}`);
      for (const flag of usage.verbs.flatMap(({ flags }) => Object.keys(flags))) expect(page).toContain(`--${flag}`);
    }
  });

  it('healthapp-agent(1) calls the agent by its own name', () => {
    expect(plain(agentPage(agentUsage, '1.2.3'))).toContain('healthapp-agent goodbye [--for DURATION] [--config FILE]');
  });

  it('healthapp-config(5) has every line of the sample', () => {
    const page = plain(configPage(sample, '1.2.3'));
    for (const line of sample.split('\n')) {
      const text = /^## (.*?) -+$/.exec(line)?.[1]?.toUpperCase() ?? line.replace(/^ *#? */, '');
      expect(withoutMarks(page), line).toContain(withoutMarks(text).trim());
    }
  });

  it('take no letter of a text for markup', () => {
    expect(configPage('# .so /etc/passwd\n# a \\fBback-slash\\fP', '1')).toContain(
      '\\&.so /etc/passwd\na \\efBback\\-slash\\efP',
    );
  });
});

/** What bash offers for the last of the words. */
async function offered(script: string, ...words: string[]): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'completion-'));
  try {
    writeFileSync(join(folder, 'completion'), script);
    writeFileSync(join(folder, 'monitor.yaml'), '');
    const complete = `cd "$1"; source ./completion; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); compopt() { :; }
      _\${1//-/_}; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout } = await promisify(execFile)('bash', ['-euc', complete, 'bash', folder, ...words]);
    return stdout.trim().split('\n');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('the completion', () => {
  const healthapp = healthappCompletion(commands);

  it('offers commands, then what they take', async () => {
    expect(await offered(healthapp, 'healthapp', 'pro')).toEqual(['processor']);
    expect(await offered(healthapp, 'healthapp', 'servers', 'f')).toEqual(['forget']);
    expect(await offered(healthapp, 'healthapp', 'agent', '--o')).toEqual(['--once']);
    expect(await offered(agentCompletion(agentUsage), 'healthapp-agent', 'g')).toEqual(['goodbye']);
  });

  it('offers files where one is due', async () => {
    expect(await offered(healthapp, 'healthapp', 'api', '--config', 'mon')).toEqual(['monitor.yaml']);
    expect(await offered(healthapp, 'healthapp', 'config', 'check', 'mon')).toEqual(['monitor.yaml']);
  });
});
