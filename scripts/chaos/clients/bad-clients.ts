import { readFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import type { RandomBits } from '../../synthesize/weights/random-bits.ts';
import { type Crowd, rawRequest } from './crowd.ts';

/** A kind of bad client. */
export interface BadClients {
  readonly what: string;
  /** How many there are in a full run. */
  readonly count: number;
  readonly use: (socket: Socket, random: RandomBits) => void;
}

/** Answers of some megabytes, so that they don't fit in the buffers of a connection. */
const LARGE_BODY = JSON.stringify({
  query: 'What is a harbour?',
  documents: Array.from(
    { length: 200 },
    (_, index) => `${index} ${'A harbour is a place where ships lie. '.repeat(100)}`,
  ),
  return_documents: true,
  max_length: 16,
});

const SMALL_BODY = JSON.stringify({ query: 'ship', documents: ['harbour', 'recipe', 'law'] });

/** How often a slow client sends another byte. */
const LORIS_MS = 250;

/** A leaver hangs up after at most that many milliseconds. */
const LEAVES_WITHIN_MS = 40;

export const neverRead: BadClients = {
  what: 'never read their answers',
  count: 8,
  use: (socket) => {
    socket.pause();
    socket.write(rawRequest(LARGE_BODY));
    socket.write(rawRequest(SMALL_BODY).repeat(50));
  },
};

export const slowLoris: BadClients = {
  what: 'send their bodies byte by byte',
  count: 200,
  use: (socket) => {
    socket.write(rawRequest('{', SMALL_BODY.length));
    let at = 1;
    const timer = setInterval(() => {
      if (socket.readyState !== 'open' || at >= SMALL_BODY.length - 1) return clearInterval(timer);
      socket.write(SMALL_BODY[at++] ?? '');
    }, LORIS_MS);
    socket.once('close', () => clearInterval(timer));
  },
};

export const leavers: BadClients = {
  what: 'leave in the middle of their requests',
  count: 1000,
  use: (socket, random) => {
    socket.write(rawRequest(SMALL_BODY));
    setTimeout(() => socket.destroy(), random.below(LEAVES_WITHIN_MS));
  },
};

/** Opens connections and says nothing on them. */
export const silent: BadClients = { what: 'connect and say nothing', count: 10_000, use: () => {} };

/** File descriptors that this process and the server need for other things. */
const SPARE_DESCRIPTORS = 500;

/** As many of these clients as there may be file descriptors. @returns how many came in, and the number there was room for. */
export async function send(
  crowd: Crowd,
  { count, use }: BadClients,
  random: RandomBits,
  signal: AbortSignal,
): Promise<{ opened: number; allowed: number }> {
  const allowed = Math.min(count, (await descriptorLimit()) - SPARE_DESCRIPTORS);
  const opened = await crowd.join(allowed, (socket) => use(socket, random), signal);
  return { opened, allowed };
}

/** Node raises the soft limit as far as the hard one lets it; the server inherits it. */
async function descriptorLimit(): Promise<number> {
  const limits = await readFile('/proc/self/limits', 'utf8').catch(() => '');
  return Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1] ?? 1024);
}
