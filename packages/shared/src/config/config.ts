import type { Role } from '../domain/access.ts';
import type { AppEventKind } from '../domain/app-event.ts';
import type { FlappingSettings } from '../domain/flapping.ts';
import type { MassSilenceSettings } from '../domain/mass-silence.ts';
import type { Route } from '../domain/route.ts';
import type { Rule } from '../domain/rule.ts';
import type { CheckConfig } from './checks.ts';
import type { ReceiverConfig } from './receivers.ts';
import type { Secret } from './secret.ts';

/**
 * The configuration in force: file, environment and defaults together, checked and deeply frozen.
 * Durations are milliseconds, URLs have no slash at the end, and paths of files are absolute.
 */
export interface Config {
  /** The file as it was named (`config.yaml` is relative to the working folder); null: built-in defaults. */
  readonly file: string | null;
  /** Null: none named. */
  readonly redis: {
    /** `redis://host:port[/db]`, `rediss://…` or `redis[s]+sentinel://host:port,…/NAME/db`, without credentials, so that it may be logged. */
    readonly url: string;
    readonly username: string | null;
    readonly password: Secret | null;
    /** How a `rediss://` server's certificate is looked at; absent: by the authorities that Node trusts. */
    readonly tls?: {
      /** False: encrypted, but whoever stands between may pose as the server. */
      readonly verified: boolean;
      /** The authorities to trust instead of Node's own, PEM. */
      readonly ca: string | null;
    };
    /** Whom to ask where the primary is; absent: it is where the URL says. */
    readonly sentinels?: {
      readonly addresses: readonly { readonly host: string; readonly port: number }[];
      /** What they call the primary. */
      readonly name: string;
      readonly database: number;
      /** Their own; the other one is the primary's. */
      readonly password: Secret | null;
    };
  } | null;
  /** All verify, the first signs; empty: none given. `id` is null for a single key without a name. */
  readonly apiKeys: readonly { readonly id: string | null; readonly secret: Secret }[];
  /** Where agents reach the API; may have a path (a proxy's prefix). */
  readonly apiUrl: string;
  readonly apiListen: {
    /** Null: every interface. An IPv6 address stands without brackets. */
    readonly host: string | null;
    readonly port: number;
    /** Whether the file or `PORT` said it. */
    readonly given: boolean;
  };
  /** What the API asks to learn whether it can be reached; null: its own socket. */
  readonly probeUrl: string | null;
  /** Base of the links in notifications; null: no links. */
  readonly publicUrl: string | null;
  /** IANA name of the zone in which messages show times. */
  readonly timezone: string;
  /** Addresses and networks (`10.0.0.0/8`) whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed. */
  readonly trustedProxies: readonly string[];
  readonly maxFilesystemPercentage: number;
  readonly serverStalenessMs: number;
  /** The longest time between two passes of the processor. */
  readonly alertProcessIntervalMs: number;
  /** Between two reminders by e-mail; null: never. */
  readonly alertSendEmailIntervalMs: number | null;
  /** A receiver's first message goes at once, others within this time become one; 0: each by itself. */
  readonly groupWindowMs: number;
  /** An agent whose clock is wrong by more than this has a problem. */
  readonly clockSkewMs: number;
  /** The monitor that was blind for most of this time says so. */
  readonly blindAfterMs: number;
  /** Null: turned off. */
  readonly massSilence: MassSilenceSettings | null;
  /** Null: turned off. */
  readonly flapping: FlappingSettings | null;
  /** For how long what is over is kept, ms. */
  readonly retention: {
    /** Closed alerts with their notifications. */
    readonly alertsMs: number;
    /** Uptime and series of servers. */
    readonly historyMs: number;
    /** What people did. */
    readonly auditMs: number;
  };
  readonly email: {
    readonly enabled: boolean;
    /** Host name or address; null: none configured. */
    readonly server: string | null;
    readonly port: number;
    readonly security: 'none' | 'starttls' | 'tls';
    readonly user: string | null;
    readonly password: Secret | null;
    /** As in a From header: `name@host` or `Name <name@host>`. */
    readonly sender: string;
  };
  /** Every way to tell people, names unique; that of `email_recipients` is called `default`. */
  readonly receivers: readonly ReceiverConfig[];
  readonly hushLogs: boolean;
  readonly auth: {
    readonly mode: 'sign-in' | 'none';
    /** Whether the file said it. */
    readonly given: boolean;
    readonly acceptOriginalAgents: boolean;
    /** A session ends when it has not been used for this long. */
    readonly sessionIdleMs: number;
    /** A session ends this long after its sign-in, used or not. Never below `sessionIdleMs`. */
    readonly sessionAbsoluteMs: number;
    /** A reverse proxy that signs people in and says who they are; null: none. */
    readonly proxy: {
      /** The name of the header that holds the user, in lower case. */
      readonly header: string;
      /** Addresses and networks of the proxies: from anyone else the header means nothing. */
      readonly from: readonly string[];
      /** What its users may do, but for these operators. */
      readonly role: Role;
      readonly operators: readonly string[];
    } | null;
    /** From the environment: made at the start of the API when there is no operator; null: not given. */
    readonly firstOperator: { readonly user: string; readonly password: Secret } | null;
  };
  readonly agent: {
    /** Null: the host's own name. */
    readonly name: string | null;
    readonly intervalMs: number;
    /** Null: the API decides, by `server_staleness_duration`. Never below `intervalMs`. */
    readonly graceMs: number | null;
    readonly labels: Readonly<Record<string, string>>;
    /** The server's own key, base64 of 32 bytes; null: it is derived from `apiKeys`. */
    readonly key: Secret | null;
    /** Which of the API's keys `key` was derived from, by its id; null: unnamed. */
    readonly keySet: string | null;
    readonly generation: number;
    /** Certificates to trust besides the system's, PEM. */
    readonly caFile: string | null;
    readonly filesystems: {
      /** Mount points or globs to leave out. */
      readonly exclude: readonly string[];
      /** Whether network filesystems are reported too. */
      readonly network: boolean;
    };
    readonly checks: readonly CheckConfig[];
  };
  readonly slack: {
    /** What Slack signs commands with; null: none are answered. */
    readonly signingSecret: Secret | null;
  };
  readonly heroku: {
    /** Null: this process asks Heroku nothing. */
    readonly apiKey: Secret | null;
    readonly apiUrl: string;
    /** Names, or every app that the key can see; empty: none. */
    readonly apps: readonly string[] | 'all';
    /** The shortest time between two looks at an app. */
    readonly intervalMs: number;
    /** States of a dyno that are a problem. */
    readonly badStates: readonly string[];
    /** A dyno that starts for longer than this is a problem too. */
    readonly restartingGraceMs: number;
    /** Who reads the apps' logs: the poller, for those without a drain, or nobody but a drain. */
    readonly logs: 'follow' | 'drain';
    /** Which events are told. */
    readonly events: readonly AppEventKind[];
    /** How many of a crashed dyno's last lines of log stand in its alert; 0: none. */
    readonly recentLogLines: number;
  };
  /** In the order in which they are asked; empty: everybody is told of everything. */
  readonly routes: readonly Route[];
  /** Of Heroku apps; those that operators made are in Redis. No two of them count the same. */
  readonly rules: readonly ConfiguredRule[];
  readonly cooldowns: Cooldowns;
  /** Whether the actions of rules are only told rather than done. */
  readonly dryRun: boolean;
  readonly partitions: number;
  /** How many servers are kept; a new name beyond it is refused. Each partition takes its share. */
  readonly maxServers: number;
  readonly metrics: {
    /** Whether the API tells its figures to everybody rather than to this machine and to who may read. */
    readonly public: boolean;
    /** Where a processor tells those of its process; null: nowhere. A null host is every interface. */
    readonly listen: { readonly host: string | null; readonly port: number } | null;
  };
  /** What is called from outside after good passes; its URL tells who may call it. Null: nothing. */
  readonly deadman: { readonly url: Secret; readonly everyMs: number } | null;
}

export interface ConfiguredRule extends Rule {
  /** Where it stands in the file. */
  readonly line: number | null;
}

/** The shortest time between two of the same, ms; 0: none. */
export interface Cooldowns {
  readonly restartDynoMs: number;
  /** An app's restart counts as one of each of its dynos. */
  readonly restartAppMs: number;
  /** Between two e-mails to one receiver that an error of one dyno has come. */
  readonly emailMs: number;
}
