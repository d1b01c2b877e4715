import { useKernel } from '../kernel/kernel.ts';
import { Snippet } from './snippet.tsx';

/** How another host comes to report here, ready to copy. */
export function AddServer() {
  const { origin } = useKernel();
  const loopback = /^https?:\/\/(localhost|127\.|\[::1\])/.test(origin);
  const keyCommand = 'healthapp key web-1';
  const configuration = `api_url: ${origin}\nagent:\n  name: web-1\n  key: PASTE-THE-KEY-HERE`;
  const agentCommand = 'healthapp agent';
  return (
    <section class="add-server" aria-labelledby="add-server-title">
      <h2 id="add-server-title">Add a server</h2>
      <p>Every host that runs the agent appears here with its first heartbeat. “web-1” stands for the host's name.</p>
      <ol class="steps">
        <li>
          <p>On this machine, print the key of the new server:</p>
          <Snippet text={keyCommand} what="the command that prints the key" />
        </li>
        <li>
          <p>
            On the other host, install HealthApp's agent and write <code>/etc/healthapp/config.yaml</code>:
          </p>
          <Snippet text={configuration} what="the configuration" />
          {loopback && (
            <p class="text-quiet">
              {origin} is this machine alone: put there the address under which the other host reaches it.
            </p>
          )}
        </li>
        <li>
          <p>Start the agent there:</p>
          <Snippet text={agentCommand} what="the command that starts the agent" />
        </li>
      </ol>
    </section>
  );
}
