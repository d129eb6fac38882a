import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import express from 'express';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { updateEventsRoute } from '../../src/http/routes/update-events.ts';
import type { Operation } from '../../src/serving/operation/operation.ts';
import type { Updater } from '../../src/serving/update/updater.ts';
import { type OperationEvent, operationEvents } from '../support/event-stream.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { someOperation } from '../support/operations.ts';
import { until } from '../support/until.ts';

let clock: ManualClock;
let operation: Operation;
let server: Server;
let port: number;

beforeEach(async () => {
  clock = new ManualClock();
  operation = someOperation({}, clock);
  const updater: Pick<Updater, 'find'> = { find: () => operation };
  server = createServer(express().get('/update/:id/events', updateEventsRoute(updater as Updater, clock)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ({ port } = server.address() as AddressInfo);
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

/** A reader that has got its first message. */
async function follow(): Promise<AsyncGenerator<OperationEvent>> {
  const events = operationEvents(`http://127.0.0.1:${port}/update/x/events`);
  await events.next();
  return events;
}

async function rest(events: AsyncGenerator<OperationEvent>): Promise<OperationEvent[]> {
  const all: OperationEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

/** The raw bytes of an answer, which are read or not. */
async function openSocket(): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'connect');
  socket.write('GET /update/x/events HTTP/1.1\r\nHost: localhost\r\n\r\n');
  return socket;
}

const connections = () =>
  new Promise<number>((resolve) => server.getConnections((_, count) => resolve(count)));
/** The heartbeat of every reader. */
const readers = () => clock.pending;

describe('the events of an operation', () => {
  it('begin with where it is, tell every phase, and end with what came of it', async () => {
    operation.enter('resolve');
    const events = operationEvents(`http://127.0.0.1:${port}/update/x/events`);
    const first = await events.next();
    expect(first.value).toEqual({ name: 'operation', report: operation.report });
    const all = rest(events);
    for (const phase of ['fetch', 'verify', 'load'] as const) operation.enter(phase);
    operation.end('succeeded');
    const names = (await all).map(({ name, report }) => `${name} ${report.phase} ${report.status}`);
    expect(names).toEqual([
      'operation fetch running',
      'operation verify running',
      'operation load running',
      'end load succeeded',
    ]);
    expect(readers()).toBe(0);
  });

  it('are one when it is over', async () => {
    operation.end('failed', 'broken');
    const all = await rest(operationEvents(`http://127.0.0.1:${port}/update/x/events`));
    expect(all).toEqual([{ name: 'end', report: operation.report }]);
    expect(readers()).toBe(0);
  });

  it('go on through a probation', async () => {
    const events = await follow();
    operation.found({
      probation: { state: 'running', requests: 0, requests_wanted: 1, seconds_left: 1, reason: null },
    });
    operation.end('succeeded');
    expect((await events.next()).value).toMatchObject({ name: 'operation', report: { status: 'waiting' } });
    expect((await events.next()).value).toMatchObject({ name: 'operation', report: { status: 'succeeded' } });
    operation.found({
      probation: { state: 'passed', requests: 1, requests_wanted: 1, seconds_left: 1, reason: null },
    });
    expect(await rest(events)).toMatchObject([{ name: 'end', report: { probation: { state: 'passed' } } }]);
  });

  it('tell of progress five times a second at most', async () => {
    operation.enter('fetch');
    const all = rest(await follow());
    for (let done = 1; done <= 100; done++) {
      clock.advance(10);
      operation.advance(done, 100, 'bytes');
    }
    // Whatever else changes is told at once, with the progress so far.
    operation.warn('the disk is full');
    operation.end('succeeded');
    const told = (await all).map(({ report }) => report.progress?.done ?? 'none');
    expect(told).toEqual([20, 40, 60, 80, 100, 100, 'none']);
  });

  it('are not waited for by HEAD, which gets its headers at once', async () => {
    const { status, headers } = await fetch(`http://127.0.0.1:${port}/update/x/events`, { method: 'HEAD' });
    expect([status, headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8']);
    expect(readers()).toBe(0);
  });

  it('have a sign of life between them', async () => {
    const socket = await openSocket();
    let text = '';
    socket.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
    });
    await until('the first message is here', () => text.includes('event: operation'));
    for (let beat = 1; beat <= 3; beat++) {
      clock.advance(15_000);
      await until('a comment came', () => text.split(': still here\n\n').length === beat + 1);
    }
    expect(text.split('event: operation')).toHaveLength(2);
    socket.destroy();
  });

  it('are no longer told to a reader who left', async () => {
    const socket = await openSocket();
    await until('it reads', () => readers() === 1);
    socket.destroy();
    await until('it is forgotten', () => readers() === 0);
    operation.enter('fetch');
    expect(readers()).toBe(0);
  });

  it('are told to all readers, and one who never reads is dropped before they fill the memory', async () => {
    operation.warn('a long one'.repeat(30_000));
    const reader = await follow();
    const socket = await openSocket();
    socket.pause();
    await until('both are here', () => readers() === 2);
    // Far more than the system keeps for a connection.
    for (let step = 0; step < 100; step++) {
      operation.enter(step % 2 === 0 ? 'load' : 'warm');
      const { value } = await reader.next();
      expect((value as OperationEvent).report.phases).toHaveLength(step + 1);
    }
    await until('the other one is dropped', () => readers() === 1);
    await until('its connection is closed', async () => (await connections()) === 1);
    socket.destroy();
    await reader.return(undefined);
  });
});
