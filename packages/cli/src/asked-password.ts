import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { passwordFault } from '@healthapp/shared/runtime/password';
import { CommandLineError, type Io } from './command.ts';

/**
 * A new password: asked for twice, without echo, where there is a terminal; otherwise the first line of standard
 * input, for scripts. It is never taken from the command line, which everybody on the machine can read.
 * @throws CommandLineError when there is none, the two differ, or it is too short.
 */
export async function askNewPassword(user: string, io: Io): Promise<string> {
  const password = io.stdin.isTTY === true ? await askTwice(user, io) : await firstLine(io);
  const fault = passwordFault(password);
  if (fault !== null) throw new CommandLineError(`the password ${fault}`);
  return password;
}

/** readline turns the terminal's echo off and writes what is typed itself: to nowhere. */
async function askTwice(user: string, io: Io): Promise<string> {
  const nowhere = new Writable({ write: (_, __, done) => done() });
  const lines = createInterface({ input: io.stdin, output: nowhere, terminal: true });
  // One reader for both: what was pasted at once is not lost between them.
  const typed = lines[Symbol.asyncIterator]();
  lines.once('SIGINT', () => lines.close());
  const ask = async (question: string): Promise<string> => {
    io.stderr.write(question);
    const { value, done } = await typed.next();
    io.stderr.write('\n');
    if (done === true) throw new CommandLineError('no password was given');
    return value;
  };
  try {
    const password = await ask(`New password for ${user}: `);
    if (password !== (await ask('Again: '))) throw new CommandLineError('the two passwords differ');
    return password;
  } finally {
    lines.close();
  }
}

async function firstLine(io: Io): Promise<string> {
  const lines = createInterface({ input: io.stdin, terminal: false });
  try {
    for await (const line of lines) return line;
  } finally {
    lines.close();
  }
  throw new CommandLineError('no password was given: there is no terminal to ask at, and standard input is empty');
}
