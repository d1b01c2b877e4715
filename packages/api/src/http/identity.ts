/** Who a request acts for. */
import type { Role } from '@healthapp/shared/domain/access';

export type Identity =
  /** `auth.mode: none`: whoever is at this machine. */
  | { readonly kind: 'open'; readonly name: string; readonly role: Role }
  /** The user's own sign-in. */
  | {
      readonly kind: 'session';
      readonly name: string;
      readonly role: Role;
      /** The session's name in Redis. */
      readonly session: string;
      /** ms since 1970: when it ends, if it is not used any more, and in any case. */
      readonly idleUntil: number;
      readonly endsAt: number;
    }
  /** A program with an API token, whose name this is. */
  | { readonly kind: 'token'; readonly name: string; readonly role: Role; readonly token: string }
  /** Whom a reverse proxy has signed in. */
  | { readonly kind: 'proxy'; readonly name: string; readonly role: Role };
