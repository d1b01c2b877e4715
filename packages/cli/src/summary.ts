/** What `healthapp up` tells once everything runs. */
export interface Running {
  readonly version: string;
  readonly url: string;
  readonly signIn: /** `auth.mode: none`: only this machine can reach the API. */
    | { readonly kind: 'open' }
    /** Was made just now: its password is told this once. */
    | { readonly kind: 'made'; readonly user: string; readonly password: string }
    | { readonly kind: 'users' };
  /** Whether messages are kept in the local mailbox, for want of a mail server. */
  readonly mailbox: boolean;
  /** As the agent reports it. */
  readonly host: string;
  /** `30 s`. */
  readonly interval: string;
  readonly dataDir: string;
  /** `Redis 7.0.15 of its own`, or the one that was named. */
  readonly redis: string;
  /** How a command is called here: `npx healthapp` in a clone. */
  readonly command: string;
}

type Row = [label: string, value: string, note: string];

const widestAligned = 36;

/** @param styled whether the terminal shows bold and dim text. */
export function summaryText(running: Running, styled: boolean): string {
  const bold = (text: string) => (styled ? `\u001b[1m${text}\u001b[22m` : text);
  const dim = (text: string) => (styled ? `\u001b[2m${text}\u001b[22m` : text);
  const { url, command } = running;
  const rows: Row[] = [
    ['Open', url, running.signIn.kind === 'open' ? 'reading needs no sign-in from this machine' : ''],
    ...signInRows(running),
    ...(running.mailbox ? [['Mail', `${url}/mail`, 'no mail server is configured: messages land here'] as Row] : []),
    ['This host', running.host, `reports every ${running.interval}`],
    ['Data', running.dataDir, `kept over restarts, in ${running.redis}`],
    ['Add a server', `${command} key NAME`, "prints its key and what its agent's config.yaml needs"],
    ['Stop', 'Ctrl-C', ''],
  ];
  const labels = Math.max(...rows.map(([label]) => label.length));
  // A long path must not push all notes aside.
  const values = Math.max(...rows.map(([, value]) => value.length).filter((length) => length <= widestAligned));
  const lines = rows.map(([label, value, note]) => {
    const shown = label === 'Open' ? bold(value) : value;
    const blank = ' '.repeat(Math.max(0, values - value.length));
    return `  ${dim(label.padEnd(labels))}  ${shown}${note === '' ? '' : `${blank}   ${dim(note)}`}`;
  });
  return ['', `  ${bold(`HealthApp ${running.version}`)} is running`, '', ...lines, '', ''].join('\n');
}

function signInRows({ signIn, command }: Running): Row[] {
  switch (signIn.kind) {
    case 'open':
      return [];
    case 'made':
      return [
        ['Sign in', signIn.user, 'was made as the first operator'],
        ['Password', signIn.password, `shown this once; \`${command} users passwd ${signIn.user}\` sets another`],
      ];
    case 'users':
      return [['Sign in', 'as before', `\`${command} users list\` shows who may, \`users passwd\` sets a password`]];
    default: {
      const unhandled: never = signIn;
      return unhandled;
    }
  }
}
