import type { Tree } from './document.ts';
import type { Secret } from './secret.ts';

/** One way to tell people, as configured. Its name is what routes, ids and pages call it. */
export type ReceiverConfig =
  | EmailReceiverConfig
  | SlackReceiverConfig
  | MattermostReceiverConfig
  | SmsReceiverConfig
  | WebhookReceiverConfig
  | IrisReceiverConfig
  | ModuleReceiverConfig;

export type ReceiverKind = ReceiverConfig['kind'];

interface Named {
  readonly name: string;
}

/** Sent over the mail server of `email_server`. */
export interface EmailReceiverConfig extends Named {
  readonly kind: 'email';
  /** Each as in a To header: `name@host` or `Name <name@host>`. Never empty. */
  readonly to: readonly string[];
}

/** A bot writes to a channel and later changes what it wrote; a web address only takes new messages. */
export interface SlackReceiverConfig extends Named {
  readonly kind: 'slack';
  readonly by:
    | {
        readonly kind: 'bot';
        /** `https://slack.com/api` unless configured. */
        readonly apiUrl: string;
        readonly token: Secret;
        /** A channel's name, `#alerts`, or its id, `C0123456789`. */
        readonly channel: string;
      }
    | { readonly kind: 'incoming-webhook'; readonly url: Secret };
}

export interface MattermostReceiverConfig extends Named {
  readonly kind: 'mattermost';
  readonly by:
    | {
        readonly kind: 'bot';
        /** Of the server, without `/api/v4`. */
        readonly url: string;
        readonly token: Secret;
        readonly channelId: string;
      }
    | { readonly kind: 'incoming-webhook'; readonly url: Secret };
}

/** Through Infobip. */
export interface SmsReceiverConfig extends Named {
  readonly kind: 'sms';
  readonly baseUrl: string;
  readonly apiKey: Secret;
  /** A number or a name that the recipients see. */
  readonly from: string;
  /** International numbers, digits alone, without the plus. Never empty. */
  readonly to: readonly string[];
}

/** JSON to an address of one's own, signed as Standard Webhooks has it. */
export interface WebhookReceiverConfig extends Named {
  readonly kind: 'webhook';
  /** Many services put a token into it, so it is not shown. */
  readonly url: Secret;
  readonly secret: Secret;
}

/** LinkedIn's Iris. */
export interface IrisReceiverConfig extends Named {
  readonly kind: 'iris';
  readonly url: string;
  readonly app: string;
  readonly key: Secret;
  readonly plan: string;
}

/** One's own code. */
export interface ModuleReceiverConfig extends Named {
  readonly kind: 'module';
  /** Absolute. */
  readonly file: string;
  /** As written: every value is a text, a list or further keys. */
  readonly options: Readonly<Record<string, Tree>>;
}
