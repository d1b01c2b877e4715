import { formatDuration } from '@healthapp/shared/domain/duration';
import type { ServerDetailView } from '@healthapp/shared/wire/api';
import { bytes, percentOf } from '../kernel/amount.ts';
import { Fact, Facts } from './facts.tsx';
import { memoryLimits, PercentBar } from './percent-bar.tsx';
import { Exact } from './time.tsx';

export function ServerFacts(props: { readonly server: ServerDetailView }) {
  const host = () => props.server.host;
  const system = () => [host()?.platform ?? host()?.os, host()?.arch].filter((part) => part != null).join(', ');
  const agent = () => [props.server.agent.kind, props.server.agent.version].filter((part) => part !== null).join(' ');
  const memoryPercent = () => {
    const memory = host()?.memory;
    return memory == null ? null : percentOf(memory.used, memory.total);
  };
  return (
    <Facts>
      <Fact title="System" value={system()} />
      <Fact title="Kernel" value={host()?.kernel} />
      <Fact title="Processors" value={host()?.cpus} />
      <Fact
        title="Load"
        value={host()
          ?.load?.map((value) => value.toFixed(2))
          .join('  ')}
        more="over 1, 5 and 15 min"
      />
      <Fact
        title="Memory"
        value={memoryPercent()}
        more={`${bytes(host()?.memory?.used ?? 0)} of ${bytes(host()?.memory?.total ?? 0)}`}
      >
        <PercentBar percent={memoryPercent() ?? 0} {...memoryLimits} />
      </Fact>
      <Fact title="Up for" value={secondsWords(host()?.uptime)} />
      <Fact title="Last heartbeat" value={props.server.lastHeartbeatAt}>
        <Exact at={props.server.lastHeartbeatAt} />
      </Fact>
      <Fact title="First heartbeat" value={props.server.firstHeartbeatAt}>
        <Exact at={props.server.firstHeartbeatAt} />
      </Fact>
      <Fact title="Reports every" value={secondsWords(props.server.interval)} />
      <Fact title="Down after" value={secondsWords(props.server.grace || null)} />
      <Fact title="Agent" value={agent()} />
      <Fact title="Clock" value={clockWords(props.server.clockOffset)} />
      <Fact title="Boot id" value={props.server.bootId} />
      <Fact title="Key generation" value={props.server.generation > 0 ? props.server.generation : null} />
    </Facts>
  );
}

function secondsWords(seconds: number | null | undefined): string | null {
  return seconds == null ? null : formatDuration(seconds * 1000);
}

/** What the agent corrected its clock by; a second more or less is the network's. */
function clockWords(offset: number | null): string | null {
  if (offset === null || Math.abs(offset) < 1000) return null;
  return `${formatDuration(Math.abs(offset))} ${offset > 0 ? 'slow' : 'fast'}, corrected`;
}
