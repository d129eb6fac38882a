import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesOf, planEviction, type Room, type StoredItem } from '../../../src/store/retention/evict.ts';
import { planOverDisks } from '../../../src/store/retention/plan-over-disks.ts';

const item = (key: string, fields: Partial<StoredItem> = {}): StoredItem => ({
  key,
  bytes: 10,
  lastUsed: new Date(0),
  uses: 1,
  pinned: false,
  leased: false,
  ...fields,
});

const room = (fields: Partial<Room> = {}): Room => ({
  maxBytes: Number.POSITIVE_INFINITY,
  freeBytes: Number.POSITIVE_INFINITY,
  freeFloorBytes: 0,
  wantedBytes: 0,
  policy: 'lru',
  ...fields,
});

const anyItems = fc.uniqueArray(
  fc.record({
    key: fc.string({ minLength: 1, maxLength: 4 }),
    bytes: fc.integer({ min: 0, max: 50 }),
    lastUsed: fc.integer({ min: 0, max: 5 }).map((at) => new Date(at)),
    uses: fc.integer({ min: 0, max: 3 }),
    pinned: fc.boolean(),
    leased: fc.boolean(),
  }),
  { selector: ({ key }) => key, maxLength: 12 },
);
const anyRoom = fc.record({
  maxBytes: fc.oneof(fc.constant(Number.POSITIVE_INFINITY), fc.integer({ min: 0, max: 300 })),
  freeBytes: fc.integer({ min: 0, max: 200 }),
  freeFloorBytes: fc.integer({ min: 0, max: 100 }),
  wantedBytes: fc.integer({ min: 0, max: 200 }),
  policy: fc.constantFrom('lru', 'lfu'),
});

/** What must go, seen from the outside. */
const missing = (items: readonly StoredItem[], gone: readonly StoredItem[], { ...limits }: Room): number => {
  const left = bytesOf(items) - bytesOf(gone);
  const over = left + limits.wantedBytes - limits.maxBytes;
  const below = limits.freeFloorBytes + limits.wantedBytes - limits.freeBytes - bytesOf(gone);
  return Math.max(0, over, below);
};

describe('planEviction', () => {
  it('never takes what is pinned or leased, frees enough or tells exactly what is missing', () => {
    fc.assert(
      fc.property(anyItems, anyRoom, (items, limits) => {
        const { evict, shortfallBytes } = planEviction(items, limits);
        const gone = items.filter(({ key }) => evict.includes(key));
        expect(gone).toHaveLength(evict.length);
        expect(gone.filter(({ pinned, leased }) => pinned || leased)).toEqual([]);
        expect(shortfallBytes).toBe(missing(items, gone, limits));
        if (shortfallBytes > 0) {
          const rest = items.filter((one) => !gone.includes(one) && !one.pinned && !one.leased);
          expect(bytesOf(rest), 'something could have gone').toBe(0);
        }
      }),
    );
  });

  it('evicts no more than it must: no one of them could stay', () => {
    fc.assert(
      fc.property(anyItems, anyRoom, (items, limits) => {
        const { evict, shortfallBytes } = planEviction(items, limits);
        const gone = items.filter(({ key }) => evict.includes(key));
        for (const spared of gone) {
          const without = gone.filter((other) => other !== spared);
          expect(missing(items, without, limits)).toBeGreaterThan(shortfallBytes);
        }
      }),
    );
  });

  it('does not depend on the order in which it gets the items', () => {
    fc.assert(
      fc.property(anyItems, anyRoom, fc.infiniteStream(fc.nat()), (items, limits, numbers) => {
        const shuffled = items
          .map((one) => ({ one, at: numbers.next().value ?? 0 }))
          .toSorted((a, b) => a.at - b.at)
          .map(({ one }) => one);
        expect(planEviction(shuffled, limits)).toEqual(planEviction(items, limits));
      }),
    );
  });

  it('takes the longest unused first, or the least used', () => {
    const items = [
      item('new, seldom', { lastUsed: new Date(9), uses: 1 }),
      item('old, often', { lastUsed: new Date(1), uses: 9 }),
      item('middle', { lastUsed: new Date(5), uses: 5 }),
    ];
    const limits = { maxBytes: 10 };
    expect(planEviction(items, room(limits)).evict).toEqual(['old, often', 'middle']);
    expect(planEviction(items, room({ ...limits, policy: 'lfu' })).evict).toEqual(['new, seldom', 'middle']);
  });

  it('of two of the same age takes the one that is used less, and the other way round', () => {
    const items = [
      item('a', { uses: 2 }),
      item('b', { uses: 1 }),
      item('c', { uses: 1, lastUsed: new Date(1) }),
    ];
    expect(planEviction(items, room({ maxBytes: 20 })).evict).toEqual(['b']);
    expect(planEviction(items, room({ maxBytes: 20, policy: 'lfu' })).evict).toEqual(['b']);
  });

  it('lets small ones stay that a large one makes needless', () => {
    const items = [
      item('small', { lastUsed: new Date(1) }),
      item('large', { bytes: 100, lastUsed: new Date(2) }),
    ];
    expect(planEviction(items, room({ maxBytes: 20 }))).toEqual({ evict: ['large'], shortfallBytes: 0 });
  });

  it('makes room on the disk as well as in the budget', () => {
    const items = [item('a'), item('b')];
    expect(planEviction(items, room({ freeBytes: 5, freeFloorBytes: 10, wantedBytes: 4 })).evict).toEqual([
      'a',
    ]);
    expect(planEviction(items, room({ maxBytes: 20, wantedBytes: 5 })).evict).toEqual(['a']);
    expect(planEviction(items, room({ maxBytes: 20 })).evict).toEqual([]);
  });
});

describe('a plan over several disks', () => {
  const disk = (id: number, fields: object = {}) => ({
    id,
    freeBytes: 100,
    freeFloorBytes: 10,
    wantedBytes: 0,
    ...fields,
  });
  const items = [
    { ...item('old on 1', { lastUsed: new Date(1) }), disk: 1 },
    { ...item('new on 1', { lastUsed: new Date(3) }), disk: 1 },
    { ...item('old on 2', { lastUsed: new Date(2) }), disk: 2 },
  ];
  const none = { maxBytes: Number.POSITIVE_INFINITY, policy: 'lru' as const };

  it('deletes on the disk that is full, not on another', () => {
    const plan = planOverDisks(items, [disk(1), disk(2, { freeBytes: 5 })], none);
    expect(plan).toEqual({ evict: ['old on 2'], overBudgetBytes: 0, short: undefined });
  });

  it('counts what goes for the budget as freed on its disk', () => {
    const plan = planOverDisks(items, [disk(1, { freeBytes: 5 }), disk(2)], { ...none, maxBytes: 20 });
    expect(plan.evict).toEqual(['old on 1']);
  });

  it('says on which disk it can not be enough', () => {
    const plan = planOverDisks(items, [disk(1), disk(2, { wantedBytes: 150 })], none);
    expect(plan.short).toEqual({ disk: 2, bytes: 50 });
  });
});
