/** Telling the service manager that a service has started. */
import { execFile } from 'node:child_process';

/** Far below the time that a unit's start may take. */
const toldWithinMs = 10_000;

/**
 * Tells systemd that this service is ready, if it waits for that: `Type=notify` sets NOTIFY_SOCKET. The protocol
 * (sd_notify(3)) is a datagram to a Unix socket, which Node cannot send, so systemd's own `systemd-notify` sends it,
 * and the unit needs `NotifyAccess=all`. Resolves when systemd has heard it. Never rejects: what keeps it from
 * hearing is told to `warn`, since systemd then ends the service when its TimeoutStartSec is over.
 */
export function tellReady(env: NodeJS.ProcessEnv, warn: (text: string) => void): Promise<void> {
  if (!env.NOTIFY_SOCKET) return Promise.resolve();
  return new Promise((resolve) => {
    execFile('systemd-notify', ['--ready'], { env, timeout: toldWithinMs }, (error, _stdout, stderr) => {
      if (error !== null) warn(`systemd was not told that this service is ready: ${stderr.trim() || error.message}`);
      resolve();
    });
  });
}
