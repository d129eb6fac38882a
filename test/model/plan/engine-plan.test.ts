import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planEngines } from '../../../src/model/plan/engine-plan.ts';

const GIB = 2 ** 30;
const base = {
  device: 'cpu',
  engines: 'auto',
  threads: 'auto',
  weightBytes: GIB / 4,
  isShared: false,
  budget: { cpus: 4, memoryBytes: 24 * GIB },
} as const;

describe('the plan of engines', () => {
  it('is one engine of one thread a processor on a CPU', () => {
    expect(planEngines(base)).toEqual({ engines: 4, threads: 1 });
  });

  it('has fewer engines of more threads where the memory does not hold more copies', () => {
    expect(
      planEngines({ ...base, weightBytes: 2 * GIB, budget: { cpus: 4, memoryBytes: 16 * GIB } }),
    ).toEqual({ engines: 1, threads: 4 });
  });

  it('is one engine on a GPU', () => {
    expect(planEngines({ ...base, device: 'cuda' }).engines).toBe(1);
  });

  it('is what the operator says, and derives what he leaves open', () => {
    expect(planEngines({ ...base, engines: 3, threads: 2 })).toEqual({ engines: 3, threads: 2 });
    expect(planEngines({ ...base, engines: 2 })).toEqual({ engines: 2, threads: 2 });
    expect(planEngines({ ...base, threads: 2 })).toEqual({ engines: 2, threads: 2 });
  });

  it('never asks for more threads than there are processors', () => {
    const budget = fc.record({
      cpus: fc.integer({ min: 1, max: 256 }),
      memoryBytes: fc.integer({ min: GIB, max: 1024 * GIB }),
    });
    fc.assert(
      fc.property(budget, fc.integer({ min: 1, max: 8 * GIB }), (machine, weightBytes) => {
        const { engines, threads } = planEngines({ ...base, weightBytes, budget: machine });
        expect(engines * threads).toBeLessThanOrEqual(machine.cpus);
        expect(Math.min(engines, threads)).toBeGreaterThanOrEqual(1);
      }),
    );
  });
});
