import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { estimateGpuNeed } from '../../src/model/gpu-need.ts';

const MIB = 2 ** 20;
const GIB = 2 ** 30;
const model = { engines: 1, weightBytes: 1100 * MIB };
const running = { ...model, gpuBytes: 2000 * MIB };

describe('the GPU memory that a model needs', () => {
  it('is that of the running one, when another of its kind comes', () => {
    expect(estimateGpuNeed(model, running)).toBe(running.gpuBytes);
  });

  it('is its weights and what the running one holds beyond its own', () => {
    expect(estimateGpuNeed({ ...model, weightBytes: 500 * MIB }, running)).toBe(1400 * MIB);
  });

  it('counts what it is larger by twice, since the arena doubles', () => {
    expect(estimateGpuNeed({ ...model, weightBytes: 1200 * MIB }, running)).toBe(2200 * MIB);
  });

  it('is guessed while nothing was measured', () => {
    expect(estimateGpuNeed(model, undefined)).toBe(2200 * MIB + GIB);
  });

  it('has a CUDA context at least, whatever was measured', () => {
    expect(estimateGpuNeed(model, { ...running, gpuBytes: 0 })).toBe(1356 * MIB);
  });

  it('never falls when the candidate is larger or the running model held more', () => {
    const size = fc.record({ engines: fc.integer({ min: 1, max: 4 }), weightBytes: fc.nat(2 ** 40) });
    fc.assert(
      fc.property(size, size, fc.nat(2 ** 40), fc.nat(2 ** 40), (candidate, runs, gpuBytes, more) => {
        const before = estimateGpuNeed(candidate, { ...runs, gpuBytes });
        const larger = { ...candidate, weightBytes: candidate.weightBytes + more };
        expect(before).toBeGreaterThan(candidate.engines * candidate.weightBytes);
        expect(estimateGpuNeed(larger, { ...runs, gpuBytes })).toBeGreaterThanOrEqual(before);
        expect(estimateGpuNeed(candidate, { ...runs, gpuBytes: gpuBytes + more })).toBeGreaterThanOrEqual(
          before,
        );
      }),
    );
  });
});
