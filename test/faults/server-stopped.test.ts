import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { Flight } from '../support/flight.ts';
import { enginesOf, helpersOf, signalAll, untilGone } from '../support/processes.ts';
import { ServerProcess } from '../support/server-process.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { until } from '../support/until.ts';

describe('a server that is asked to stop finishes what is in flight and leaves nothing behind', () => {
  it.each<[string, (server: ServerProcess) => void, RegExp]>([
    ['SIGTERM', (server) => server.kill('SIGTERM'), /^SIGTERM: finishing what is in flight/],
    ['SIGINT', (server) => server.kill('SIGINT'), /^SIGINT: finishing what is in flight/],
    ['Ctrl-C, which reaches its children too', (server) => server.interruptGroup(), /^SIGINT: finishing/],
  ])('by %s', async (_, stop, announcement) => {
    await using server = ServerProcess.start(await temporaryDirectory());
    const client = await server.ready();
    const flight = await Flight.prepare(client, 16);
    const helpers = await helpersOf(server.pid);
    const engines = await enginesOf(server.pid);
    signalAll(engines, 'SIGSTOP');
    await flight.takeOff();
    stop(server);
    await until('it says so', () => server.logged(announcement));
    await until('it takes no new connections', () => isRefused(client.url));
    signalAll(engines, 'SIGCONT');
    await flight.land();
    expect(await server.exit, server.stderr).toEqual({ code: 0, signal: null });
    expect(server.logged(/^stopped$/)).toBeDefined();
    expect(server.logged(/starting it again/)).toBeUndefined();
    await untilGone(helpers);
  });

  it('while the first model still loads', async () => {
    await using server = ServerProcess.start(await temporaryDirectory(), { RERANK_ENGINES: '12' });
    const helpers = await until('engines load', async () => {
      const found = await enginesOf(server.pid);
      return found.length >= 2 ? await helpersOf(server.pid) : undefined;
    });
    server.kill('SIGTERM');
    expect(await server.exit, server.stderr).toEqual({ code: 0, signal: null });
    await untilGone(helpers);
  });

  it('at once when it is asked twice', async () => {
    await using server = ServerProcess.start(await temporaryDirectory());
    const client = await server.ready();
    const flight = await Flight.prepare(client, 2);
    const helpers = await helpersOf(server.pid);
    signalAll(await enginesOf(server.pid), 'SIGSTOP');
    await flight.takeOff();
    server.kill('SIGINT');
    await until('it says so', () => server.logged(/^SIGINT: finishing/));
    server.kill('SIGINT');
    expect(await server.exit).toEqual({ code: 130, signal: null });
    signalAll(helpers, 'SIGCONT');
    await untilGone(helpers);
  });
});

function isRefused(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ECONNREFUSED'));
    socket.once('connect', () => {
      socket.destroy();
      resolve(false);
    });
  });
}
