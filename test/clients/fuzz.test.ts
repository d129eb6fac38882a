import { pino } from 'pino';
import { expect, it } from 'vitest';
import { inParallel } from '../../src/platform/in-parallel.ts';
import { DOCUMENTS, largestDifference, QUERY, SAME_SCORE } from '../support/capitals.ts';
import { startService } from '../support/running-service.ts';
import { Connections } from './fuzz/exchange.ts';
import { judge } from './fuzz/judge.ts';
import { describeRequest, type MutatedRequest, mutatedRequests } from './fuzz/mutated-request.ts';
import { type Usage, usage } from './fuzz/usage.ts';

/** For a longer run, or another one: RERANK_FUZZ_REQUESTS=1000000 RERANK_FUZZ_SEED=7 npx vitest run test/clients/fuzz.test.ts */
const REQUESTS = Number(process.env.RERANK_FUZZ_REQUESTS ?? 10_000);
const SEED = Number(process.env.RERANK_FUZZ_SEED ?? 20_260);

/** Requests are made up and thrown away so many at a time. */
const ROUND = 500;
/** Rounds after which code is compiled, buffers have grown and bounded records are full. */
const WARM_UP_ROUNDS = 6;
const CONNECTIONS = 12;
const DEADLINE_MS = 20_000;
const PROBLEMS_SHOWN = 5;

/** Some 300 bytes a request: less than a body or a closure that is kept. It moves by half a megabyte without a leak. */
const HEAP_GROWTH_BYTES = 2 * 2 ** 20;
/** Their heaps grow for some 20,000 requests, by 100 MB, and then stay as they are. */
const CHILDREN_GROWTH_BYTES = 160 * 2 ** 20;

it(
  `answers ${REQUESTS} mutated requests of all dialects without a fault, and keeps nothing of them`,
  async () => {
    await using server = await startService({ RERANK_ENGINES: '1' }, { logger: pino({ level: 'silent' }) });
    const before = await server.client.logits(QUERY, DOCUMENTS);
    const problems: string[] = [];
    const statuses = new Map<number, number>();

    const sendAll = async (requests: readonly MutatedRequest[], round: number): Promise<void> => {
      // They end with the round, so that what a round leaves behind can be counted.
      using connections = new Connections(server.client.url, CONNECTIONS);
      const signal = new AbortController().signal;
      await inParallel(requests.entries(), CONNECTIONS, signal, async ([index, request]) => {
        const problem = await connections.send(request, DEADLINE_MS).then(
          (reply) => {
            if (reply === undefined) return undefined;
            statuses.set(reply.status, (statuses.get(reply.status) ?? 0) + 1);
            return judge(request, reply);
          },
          (error: unknown) => String(error),
        );
        if (problem !== undefined && problems.length < PROBLEMS_SHOWN) {
          problems.push(`seed ${SEED + round}, request ${index}: ${problem}\n${describeRequest(request)}`);
        }
      });
    };

    const rounds = Math.ceil(REQUESTS / ROUND);
    let warm: Usage | undefined;
    for (let round = 0; round < rounds; round++) {
      if (round === Math.min(WARM_UP_ROUNDS, rounds - 1)) warm = await usage();
      await sendAll(mutatedRequests(Math.min(ROUND, REQUESTS - round * ROUND), SEED + round), round);
    }
    const after = await usage();

    expect(problems.join('\n\n')).toBe('');
    // Not all of them fall at the first hurdle, nor do all get over the last.
    expect(statuses.get(200) ?? 0).toBeGreaterThan(REQUESTS / 20);
    expect(statuses.get(400) ?? 0).toBeGreaterThan(REQUESTS / 20);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    expect(largestDifference(await server.client.logits(QUERY, DOCUMENTS), before)).toBeLessThan(SAME_SCORE);
    expect(after.processes).toEqual(warm?.processes);
    expect(after.fileDescriptors - (warm?.fileDescriptors ?? 0)).toBeLessThanOrEqual(CONNECTIONS);
    expect(after.resources - (warm?.resources ?? 0)).toBeLessThanOrEqual(CONNECTIONS);
    expect(after.heapBytes - (warm?.heapBytes ?? 0)).toBeLessThan(HEAP_GROWTH_BYTES);
    expect(after.residentBytesOfChildren - (warm?.residentBytesOfChildren ?? 0)).toBeLessThan(
      CHILDREN_GROWTH_BYTES,
    );
  },
  Math.max(180_000, REQUESTS * 60),
);
