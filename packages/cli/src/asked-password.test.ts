import { describe, expect, it } from 'vitest';
import { askNewPassword } from './asked-password.ts';
import { recordedIo } from './recorded-io.ts';

describe('a new password', () => {
  it('is asked for twice at a terminal, and shown nowhere', async () => {
    const { io, said } = recordedIo({ typed: 'correct horse\rcorrect horse\r' });
    expect(await askNewPassword('ann', io)).toBe('correct horse');
    expect(said()).toEqual({ out: '', err: 'New password for ann: \nAgain: \n' });
  });

  it('may be corrected while it is typed', async () => {
    const { io } = recordedIo({ typed: 'correct hoarse\u007f\u007f\u007f\u007frse\rcorrect horse\r' });
    expect(await askNewPassword('ann', io)).toBe('correct horse');
  });

  it.each([
    ['twice differently', 'correct horse\rcorrect house\r', 'the two passwords differ'],
    ['only once', 'correct horse\r', 'no password was given'],
    ['and broken off', 'correct\u0003', 'no password was given'],
    ['too short', 'short\rshort\r', 'at least 8 characters'],
  ])('that is typed %s is none', async (_, typed, words) => {
    const { io } = recordedIo({ typed });
    await expect(askNewPassword('ann', io)).rejects.toThrow(words);
  });

  it('is the first line of standard input where there is no terminal', async () => {
    const { io, said } = recordedIo({ piped: 'correct horse\nsecond line\n' });
    expect(await askNewPassword('ann', io)).toBe('correct horse');
    expect(said()).toEqual({ out: '', err: '' });
  });
});
