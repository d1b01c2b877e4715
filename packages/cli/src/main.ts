#!/usr/bin/env node
import { runCommandLine } from './command-line.ts';
import { commands } from './commands.ts';

/** Put in by the bundler, from package.json. */
declare const HEALTHAPP_VERSION: string;

/** A reader that has gone (`healthapp servers | head`), or a closed terminal, is no fault of ours. */
function ignoreLostReader(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
}
process.stdout.on('error', ignoreLostReader);
process.stderr.on('error', ignoreLostReader);

const status = await runCommandLine(process.argv.slice(2), commands, {
  env: process.env,
  cwd: process.cwd(),
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  version: HEALTHAPP_VERSION,
  now: Date.now,
});
// What a role had to leave behind must not keep the process; on POSIX all output is written by now.
process.exit(status);
