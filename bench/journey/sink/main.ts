/** The sink process: takes a file from a hub over several connections and does nothing with it. */
import { Agent, get, type IncomingMessage } from 'node:http';
import { lowerPriority } from '../lower-priority.ts';

const CONNECTIONS = 8;
const PART_BYTES = 64 * 2 ** 20;

lowerPriority();
const [url = '', size = '0'] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
const parts = Array.from(
  { length: Math.ceil(Number(size) / PART_BYTES) },
  (_, index) => index * PART_BYTES,
).values();

async function take(from: string, start: number): Promise<void> {
  const range = `bytes=${start}-${Math.min(Number(size), start + PART_BYTES) - 1}`;
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  get(from, { agent, headers: { range } }, resolve).on('error', reject);
  const response = await promise;
  for await (const piece of response) void piece;
}

async function takeParts(from: string): Promise<void> {
  for (const start of parts) await take(from, start);
}

process.once('disconnect', () => process.exit());
const redirect = await fetch(url, { redirect: 'manual' });
const from = redirect.headers.get('location') ?? url;
await Promise.all(Array.from({ length: CONNECTIONS }, () => takeParts(from)));
process.exit();
