import { type RuleAction, ruleActions } from '@healthapp/shared/domain/rule';
import type { NewRule, RuleListView, RuleTrialView, RuleView } from '@healthapp/shared/wire/rules';
import { apiFlags, apiNotes, createApiClient, segment } from '../api-client.ts';
import { CommandLineError } from '../command.ts';
import { forEachNamed } from '../each-named.ts';
import { printList } from '../list.ts';
import { type Column, formatTable, printable, terminalWidth } from '../table.ts';
import { ago, localTime } from '../times.ts';
import { createCommand, verb } from '../verbs.ts';

const list = verb({
  name: 'list',
  words: [],
  flags: apiFlags,
  summary: 'lists the rules, those of the configuration first; runs when no verb is given',
  async run({ flags }, io) {
    const api = await createApiClient(io, flags.api);
    const answer = await api.get<RuleListView>('rules');
    const { rules, dryRun } = answer;
    printList(io, flags.json, { rows: rules, columns: ruleColumns, none: 'no rules', json: answer });
    if (dryRun && rules.length > 0 && !flags.json) io.stdout.write('dry_run: actions are only told, not done\n');
    return 0;
  },
});

const ruleFlags = {
  app: { value: 'APP', required: true, help: "the app's name, or '*': every app, each by itself" },
  error: { value: 'ERROR', required: true, help: "R14, H12, …, 5xx, 'memory > 90%' or 'load > 4'" },
  dyno: {
    value: 'DYNO',
    help: "worker: all of the type together; worker.1; '*', unless told: every type, each by itself",
  },
  count: { value: 'N', help: 'how many at least; 1 unless told' },
  within: { value: 'DURATION', help: 'within which time, 10s to 1h; 5m unless told' },
  receiver: { value: 'NAME', repeatable: true, help: 'who is told, instead of whom the routes name' },
  action: { value: 'ACTION', help: 'what is done once: none, restart-dyno or restart-app; none unless told' },
} as const;

const add = verb({
  name: 'add',
  words: [],
  flags: { ...ruleFlags, ...apiFlags },
  summary: 'makes a rule',
  async run({ flags }, io) {
    const input = ruleIn(flags);
    const api = await createApiClient(io, flags.api);
    const rule = await api.post<RuleView>('rules', input);
    io.stdout.write(flags.json ? `${JSON.stringify(rule)}\n` : `rule ${rule.id}: ${printable(rule.text)}\n`);
    return 0;
  },
});

const remove = verb({
  name: 'remove',
  words: ['ID…'],
  flags: { api: apiFlags.api },
  summary: 'removes rules that were made by the API or in the UI; the alerts that they had opened close',
  async run({ flags, words }, io) {
    const api = await createApiClient(io, flags.api);
    return forEachNamed(words, io, async (id) => {
      await api.delete(`rules/${segment(id)}`);
      io.stdout.write(`rule ${printable(id)} is removed\n`);
    });
  },
});

const tryOne = verb({
  name: 'try',
  words: [],
  flags: { ...ruleFlags, ...apiFlags },
  summary: 'tells how a rule would have fared in the last hour, without making it',
  async run({ flags }, io) {
    const input = ruleIn(flags);
    const api = await createApiClient(io, flags.api);
    const trial = await api.post<RuleTrialView>('rules/try', input);
    if (flags.json) {
      io.stdout.write(`${JSON.stringify(trial)}\n`);
      return 0;
    }
    io.stdout.write(`${printable(trial.text)}\n`);
    const breaches = trial.apps.flatMap(({ app, breaches }) => breaches.map((breach) => ({ app, ...breach })));
    if (breaches.length > 0) {
      io.stdout.write(`\n${formatTable(breachColumns(io.now()), breaches, terminalWidth(io.stdout))}`);
    }
    return 0;
  },
});

export const rulesCommand = createCommand({
  name: 'rules',
  summary: 'List, add, remove and try the rules for errors of Heroku apps',
  notes: [
    'A rule is breached when an app had so many of an error, on one process type or dyno, within a time. That opens an',
    'alert, which closes when a whole window has passed below the count. Rules of the configuration are changed there.',
    apiNotes,
  ].join('\n'),
  verbs: [list, add, remove, tryOne],
});

interface RuleFlags {
  readonly app: string;
  readonly error: string;
  readonly dyno: string | undefined;
  readonly count: string | undefined;
  readonly within: string | undefined;
  readonly receiver: readonly string[];
  readonly action: string | undefined;
}

/** What is left out here, the API has a default for; the rest of what is wrong it says as well. @throws CommandLineError */
function ruleIn(flags: RuleFlags): Pick<NewRule, 'app' | 'error'> & Partial<NewRule> {
  const { app, error, dyno, within } = flags;
  return {
    app,
    error,
    ...(dyno === undefined ? {} : { dyno }),
    ...(flags.count === undefined ? {} : { count: countIn(flags.count) }),
    ...(within === undefined ? {} : { within }),
    ...(flags.receiver.length === 0 ? {} : { receivers: [...flags.receiver] }),
    ...(flags.action === undefined ? {} : { action: actionIn(flags.action) }),
  };
}

function countIn(text: string): number {
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text);
  throw new CommandLineError(`--count must be a whole number from 1 on, not '${text}'`);
}

function actionIn(text: string): RuleAction {
  const action = ruleActions.find((known) => known === text);
  if (action !== undefined) return action;
  throw new CommandLineError(`--action must be ${ruleActions.join(' or ')}, not '${text}'`);
}

const ruleColumns: Column<RuleView>[] = [
  { title: 'RULE', text: ({ text }) => text },
  { title: 'ACTION', text: ({ action }) => (action === 'none' ? '' : action), sparse: true },
  { title: 'TO', text: ({ receivers }) => receivers.join(', '), sparse: true },
  {
    title: 'FROM',
    text: ({ source, line, createdBy }) =>
      source === 'own' ? (createdBy ?? '') : line === null ? 'configuration' : `configuration, line ${line}`,
  },
  { title: 'ID', text: ({ id }) => id, whole: true },
];

type TriedBreach = RuleTrialView['apps'][number]['breaches'][number] & { readonly app: string };

function breachColumns(now: number): Column<TriedBreach>[] {
  return [
    { title: 'APP', text: ({ app }) => app },
    { title: 'BREACHED', text: ({ at }) => `${localTime(at)} (${ago(at, now)})` },
    { title: 'UNTIL', text: ({ until }) => (until === null ? 'it would stand now' : localTime(until)) },
    { title: 'BY', text: ({ text }) => text },
  ];
}
