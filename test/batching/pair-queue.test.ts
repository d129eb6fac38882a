import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Flow } from '../../src/batching/flow.ts';
import { PairQueue, type Ticket } from '../../src/batching/pair-queue.ts';

const shape = { rows: 100, paddingShare: 0.2, width: (longest: number) => longest };
const limits = { tokens: 512, ...shape };
const onePair = { tokens: 1, ...shape };
const layouts = ['padded', 'packed'] as const;

function drain<T>(queue: PairQueue<T>): T[] {
  const given: T[] = [];
  while (queue.pairs > 0) given.push(...queue.takeBatch(onePair));
  return given;
}

describe.each(layouts)('the queue of pairs that run %s', (layout) => {
  it('gives out exactly once what is not withdrawn, whatever the order of events', () => {
    const push = fc.record({ tokens: fc.integer({ min: 0, max: 700 }), turn: fc.nat(5) });
    const withdraw = fc.record({ withdraw: fc.nat(300) });
    const steps = fc.array(fc.oneof(push, push, withdraw, fc.constant('take' as const)), { maxLength: 300 });
    fc.assert(
      fc.property(steps, (script) => {
        const queue = new PairQueue<number>(layout);
        const tickets: Ticket<number>[] = [];
        const withdrawn = new Set<number>();
        const given: number[] = [];
        for (const step of script) {
          if (step === 'take') given.push(...queue.takeBatch(limits));
          else if ('tokens' in step) tickets.push(queue.push(tickets.length, step.tokens, step.turn));
          else {
            const ticket = tickets[step.withdraw];
            if (ticket?.waiting) withdrawn.add(ticket.item);
            if (ticket) queue.withdraw(ticket);
          }
        }
        while (queue.pairs > 0) given.push(...queue.takeBatch(limits));
        const expected = tickets.map(({ item }) => item).filter((item) => !withdrawn.has(item));
        expect(given.toSorted((a, b) => a - b)).toEqual(expected);
        expect(queue.tokens).toBe(0);
      }),
    );
  });

  it('serves lower turns first and equal ones in the order of arrival, whatever their length', () => {
    const queue = new PairQueue<string>(layout);
    queue.push('late', 10, 2);
    queue.push('first', 300, 1);
    queue.push('second', 20, 1);
    expect(drain(queue)).toEqual(['first', 'second', 'late']);
  });

  it('lets no pair starve behind requests that keep coming', () => {
    const queue = new PairQueue<string>(layout);
    const add = (item: string, flow = new Flow()) => queue.push(item, 100, flow.take(100, queue.turn));
    const large = new Flow();
    for (let pair = 0; pair < 200; pair++) add('large', large);
    let served = 0;
    // Two small requests come for each batch: more than can be served.
    for (let batches = 0; served < 200; batches++) {
      add('small');
      add('small');
      if (queue.takeBatch(onePair)[0] === 'large') served++;
      expect(batches).toBeLessThan(100_000);
    }
  });

  it('forgets the tokens of what is withdrawn, however much that is', () => {
    const queue = new PairQueue<number>(layout);
    const tickets = Array.from({ length: 5000 }, (_, index) => queue.push(index, 100, 0));
    for (const ticket of tickets) if (ticket.item % 100 !== 0) queue.withdraw(ticket);
    expect([queue.pairs, queue.tokens]).toEqual([50, 5000]);
    expect(drain(queue)).toEqual(Array.from({ length: 50 }, (_, index) => index * 100));
  });
});

describe('pairs that run packed', () => {
  it('run together whatever their length, the oldest turn first', () => {
    const queue = new PairQueue<string>('packed');
    queue.push('long', 300, 1);
    queue.push('late', 8, 3);
    queue.push('short', 10, 1);
    queue.push('middling', 150, 2);
    expect(queue.takeBatch({ ...limits, tokens: 460 })).toEqual(['long', 'short', 'middling']);
    expect(queue.takeBatch(limits)).toEqual(['late']);
  });

  it('are not kept back by a huge request: a small one is in the next batch', () => {
    const queue = new PairQueue<string>('packed');
    const add = (item: string, flow: Flow) => queue.push(item, 128, flow.take(128, queue.turn));
    const huge = new Flow();
    for (let pair = 0; pair < 5000; pair++) add('huge', huge);
    const budget = { ...limits, rows: 1024, tokens: 16_384 };
    expect(queue.takeBatch(budget)).toHaveLength(128);
    const small = new Flow();
    for (let pair = 0; pair < 3; pair++) add('small', small);
    const batch = queue.takeBatch(budget);
    expect(batch).toHaveLength(128);
    expect(batch.filter((item) => item === 'small')).toHaveLength(3);
  });
});
