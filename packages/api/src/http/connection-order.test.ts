import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { createConnectionOrder } from './connection-order.ts';

function answerOver(socket: Socket) {
  return new ServerResponse(new IncomingMessage(socket));
}

describe('the order of connections', () => {
  it('is that of their last requests, and of their beginnings for those without one', () => {
    const [one, two, three] = [new Socket(), new Socket(), new Socket()];
    const order = createConnectionOrder();
    const sockets = () => Array.from(order.fromLeastRecent(), ({ socket }) => socket);
    for (const socket of [one, two, three]) order.add(socket);
    expect(sockets()).toEqual([one, two, three]);

    const answer = answerOver(one);
    order.use(one, answer);
    expect(sockets()).toEqual([two, three, one]);
    expect(order.answerOn(one)).toBe(answer);
    expect(order.answerOn(two)).toBe(null);

    order.use(three, answerOver(three));
    order.use(three, answerOver(three));
    expect(sockets()).toEqual([two, one, three]);
    expect(order.size).toBe(3);
  });

  it('forgets those that are removed, and knows nothing of others', () => {
    const [one, two, stranger] = [new Socket(), new Socket(), new Socket()];
    const order = createConnectionOrder();
    order.add(one);
    order.add(two);
    order.remove(one);
    order.remove(one);
    order.use(one, answerOver(one));
    order.use(stranger, answerOver(stranger));
    expect(Array.from(order.fromLeastRecent(), ({ socket }) => socket)).toEqual([two]);
    expect(order.answerOn(one)).toBe(undefined);
    order.remove(two);
    expect([...order.fromLeastRecent()]).toEqual([]);
    expect(order.size).toBe(0);
  });
});
