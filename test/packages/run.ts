import { execFile } from 'node:child_process';

export interface Output {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

const timeoutMs = 400_000;

/** Runs a program to its end, without a standard input. Never rejects. */
export function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<Output> {
  return new Promise((resolve) => {
    const options = { env, timeout: timeoutMs, killSignal: 'SIGKILL', maxBuffer: 64 * 1024 * 1024 } as const;
    const child = execFile(command, [...args], options, (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code;
      resolve({ status: typeof code === 'number' ? code : 1, stdout, stderr: stderr || (error?.message ?? '') });
    });
    child.stdin?.end();
  });
}
