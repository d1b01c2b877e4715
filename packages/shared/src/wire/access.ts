/** What `/api/v1/session` and `/api/v1/account` take and answer. */
import * as z from 'zod';
import { roles } from '../domain/access.ts';

const time = z.number().int().describe('milliseconds since 1970');

export const credentials = z.object({
  user: z.string().min(1).max(1000),
  password: z.string().min(1).max(10_000),
});

export const sessionView = z.object({
  user: z.string(),
  role: z.enum(roles),
  kind: z
    .enum(['session', 'token', 'proxy', 'open'])
    .describe('open: `auth.mode: none`, where nobody signs in; proxy: signed in by the reverse proxy'),
  idleUntil: time.nullable().describe('when the session ends unless it is used before'),
  endsAt: time.nullable().describe('when the session ends in any case'),
});
export type SessionView = z.output<typeof sessionView>;

export const passwordChange = z.object({
  current: z.string().min(1).max(10_000),
  password: z.string().min(1).max(10_000).describe('the new one'),
});
