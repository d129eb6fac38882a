import { describe, expect, it } from 'vitest';
import { connectionsWithin } from '../src/connection-limit.ts';
import { openDoor } from './support/door.ts';

const machine = { openFiles: 4096, cpus: 16, ports: 1 };
const MODELS = 3;
const FILES_PER_CHILD = 4;

describe('the connections of a port', () => {
  it('leave room for the files and the processes of three models', () => {
    const children = (engines: number): number => MODELS * FILES_PER_CHILD * (engines + 1);
    expect(connectionsWithin(2, machine)).toBe(4096 - 128 - children(2));
    // As many engines as processors is the most that `auto` comes to.
    expect(connectionsWithin('auto', machine)).toBe(4096 - 128 - children(16));
  });

  it('are shared out between two ports', () => {
    expect(connectionsWithin(2, { ...machine, ports: 2 })).toBe(Math.floor((4096 - 128 - 36) / 2));
  });

  it('are a quarter of the files where there are hardly any', () => {
    expect(connectionsWithin('auto', { ...machine, openFiles: 160 })).toBe(40);
  });

  it('know no limit where the system tells none', () => {
    expect(connectionsWithin('auto', { ...machine, openFiles: Number.POSITIVE_INFINITY })).toBe(
      Number.POSITIVE_INFINITY,
    );
  });

  it.runIf(process.platform === 'linux')(
    'are fewer than wanted rather than too many, which is said once',
    async () => {
      const { log, client } = await openDoor({
        RERANK_MAX_CONNECTIONS: '1000000000000',
        RERANK_ADMIN_PORT: '0',
      });
      expect((await client.get('/livez')).status).toBe(200);
      const told = log.messages.filter((message) => message.startsWith('RERANK_MAX_CONNECTIONS'));
      expect(told).toEqual([
        expect.stringMatching(/^RERANK_MAX_CONNECTIONS is 1000000000000, but only \d+ files may be open/),
      ]);
    },
  );
});
