import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ScriptedEventSource } from '../testing/event-source.ts';
import { noon } from '../testing/views.ts';
import { createEventStream, type StreamMessage, type StreamState } from './event-stream.ts';

function start() {
  const sources: ScriptedEventSource[] = [];
  const messages: StreamMessage[] = [];
  const states: StreamState[] = [];
  const stream = createEventStream({
    open() {
      const source = new ScriptedEventSource();
      sources.push(source);
      return source;
    },
    now: Date.now,
    onMessage: (message) => messages.push(message),
    onState: (state) => states.push(state),
  });
  const latest = () => sources.at(-1) as ScriptedEventSource;
  return { stream, sources, messages, states, latest };
}

describe('an event stream', () => {
  beforeEach(() => vi.useFakeTimers({ now: noon }));
  afterEach(() => vi.useRealTimers());

  it('passes events on, parsed', () => {
    const { latest, messages } = start();
    latest().connects();
    latest().sends('server', { name: 'web-1', forgotten: true });
    expect(messages.at(-1)).toEqual({ type: 'server', data: { name: 'web-1', forgotten: true } });
  });

  it('has everything loaded afresh when it connects: nobody told what came before', () => {
    const { latest, messages } = start();
    latest().connects();
    expect(messages.map((message) => message.type)).toEqual(['resync']);
    latest().breaks();
    latest().connects();
    expect(messages.map((message) => message.type)).toEqual(['resync', 'resync']);
  });

  it('leaves a broken connection to the browser, which knows the last id', () => {
    const { latest, sources, states } = start();
    latest().connects();
    vi.advanceTimersByTime(5000);
    latest().breaks();
    vi.advanceTimersByTime(60_000);
    expect(sources).toHaveLength(1);
    expect(states.at(-1)).toEqual({ kind: 'cut-off', since: noon + 5000 });
    latest().connects();
    expect(states.at(-1)).toEqual({ kind: 'live' });
  });

  it('remembers since when it is cut off, however often it fails', () => {
    const { latest, states } = start();
    latest().connects();
    latest().breaks();
    vi.advanceTimersByTime(3000);
    latest().breaks();
    expect(states.at(-1)).toEqual({ kind: 'cut-off', since: noon });
  });

  it('connects anew with growing pauses when the browser has given up', () => {
    const { latest, sources } = start();
    const pauses = [1000, 2000, 4000, 8000, 15_000, 15_000];
    for (const [index, pause] of pauses.entries()) {
      latest().fails();
      vi.advanceTimersByTime(pause - 1);
      expect(sources).toHaveLength(index + 1);
      vi.advanceTimersByTime(1);
      expect(sources).toHaveLength(index + 2);
    }
    latest().connects();
    latest().fails();
    vi.advanceTimersByTime(1000);
    expect(sources).toHaveLength(pauses.length + 2);
  });

  it('does not listen any more to a connection that it let go', () => {
    const { stream, sources, messages } = start();
    sources[0]?.connects();
    stream.reopen();
    expect(sources[0]?.readyState).toBe(2);
    sources[0]?.fails();
    expect(vi.getTimerCount()).toBe(0);
    expect(messages).toHaveLength(1);
  });

  it('has everything loaded afresh after an event that cannot be read', () => {
    const { latest, messages } = start();
    latest().connects();
    latest().sendsText('alert', '{"id":');
    expect(messages.map((message) => message.type)).toEqual(['resync', 'resync']);
  });

  it('leaves nothing behind when it is closed', () => {
    const { stream, latest } = start();
    latest().fails();
    stream.close();
    expect(vi.getTimerCount()).toBe(0);
    expect(latest().readyState).toBe(2);
  });
});
