import type { ReceiverTestView } from '@healthapp/shared/wire/receiver-test';
import { apiFlags, apiNotes, createApiClient, segment } from '../api-client.ts';
import { printable } from '../table.ts';
import { createCommand, verb } from '../verbs.ts';

const test = verb({
  name: 'test',
  words: ['RECEIVER'],
  flags: apiFlags,
  summary: 'sends a test message now, and says whether the receiver took it; exit code 1 when not',
  async run({ flags, words: [name = ''] }, io) {
    const api = await createApiClient(io, flags.api);
    const answer = await api.post<ReceiverTestView>(`receivers/${segment(name)}/test`, {});
    const { accepted, words, tookMs } = answer;
    const told = accepted
      ? `${name} accepted the test message after ${tookMs} ms: see whether it arrived`
      : `${name} did not accept the test message: ${printable(words ?? '')}`;
    io.stdout.write(`${flags.json ? JSON.stringify(answer) : told}\n`);
    return accepted ? 0 : 1;
  },
});

export const notifyCommand = createCommand({
  name: 'notify',
  summary: 'Send a test notification to a receiver',
  notes: apiNotes,
  verbs: [test],
});
