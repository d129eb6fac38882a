import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { shippedProbeSet } from '../../../src/model/agreement/probe-set.ts';
import { type GateContext, runGates } from '../../../src/serving/gates/gates.ts';
import { LiveRing } from '../../../src/serving/gates/live-ring.ts';
import { requirePassed } from '../../../src/serving/gates/require-passed.ts';
import type { GateReport } from '../../../src/serving/operation/gate-report.ts';
import { byLength, fakeCandidate } from '../../support/fake-candidate.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const always = ['shape', 'finite', 'constant', 'deterministic', 'tokenizer', 'latency'];
const shipped = shippedProbeSet().length;

let directory: string;
beforeEach(async () => {
  directory = await temporaryDirectory();
});

const context = (changes: Partial<GateContext> = {}): GateContext => ({
  directory,
  clock: new ManualClock(),
  signal: new AbortController().signal,
  ...changes,
});

const namesOf = ({ checks }: GateReport): string[] => checks.map(({ name }) => name);

/** Lower scores for longer documents. */
const reversed = (query: string, documents: readonly string[]): number[] =>
  byLength(query, documents).map((logit) => -logit);

const current = fakeCandidate({ reference: 'local://current' });

/** Two documents of different lengths, the longer one first, or the other way round. */
async function writeGolden(order: readonly number[], file = join(directory, 'golden.json')): Promise<string> {
  await writeFile(file, JSON.stringify({ queries: [{ query: 'q', documents: ['long text', 'x'], order }] }));
  return file;
}

describe('the gates', () => {
  it('look at what can be looked at without another model at a start', async () => {
    const report = await runGates(fakeCandidate(), context());
    expect(report).toMatchObject({
      passed: true,
      forced: false,
      compared_with: null,
      comparison: null,
      limits: null,
    });
    expect(namesOf(report)).toEqual(always);
  });

  it('hold the answers against the golden set of the model and that of the operator', async () => {
    await writeGolden([0, 1]);
    const goldenFile = await writeGolden([1, 0], join(directory, 'mine.json'));
    const report = await runGates(fakeCandidate(), context({ goldenFile }));
    expect(report.passed).toBe(false);
    expect(report.checks.slice(always.length)).toEqual([
      {
        name: 'golden',
        passed: true,
        message: 'every query of golden.json of the model is answered as expected (1 in all)',
        ms: 0,
      },
      { name: 'golden', passed: false, message: expect.stringContaining(`of ${goldenFile}`), ms: 0 },
    ]);
  });

  it('do not pass a golden set that nobody can read', async () => {
    await writeFile(join(directory, 'golden.json'), '{}');
    const { checks } = await runGates(
      fakeCandidate(),
      context({ goldenFile: join(directory, 'missing.json') }),
    );
    expect(checks.slice(always.length)).toEqual([
      {
        name: 'golden',
        passed: false,
        message: "the golden set golden.json of the model can't be used: queries must be a list",
        ms: 0,
      },
      expect.objectContaining({ passed: false, message: expect.stringContaining('ENOENT') }),
    ]);
  });

  it('compare with the model that serves, by engine time', async () => {
    const candidate = fakeCandidate({ reference: 'local://new', computeMs: 3 });
    const report = await runGates(candidate, context({ current }));
    expect(namesOf(report)).toEqual([...always, 'agreement']);
    expect(report).toMatchObject({
      passed: true,
      compared_with: 'local://current',
      comparison: { queries: shipped, kendallTau: 1, latencyRatio: 3 },
      limits: null,
    });
    expect(report.checks.at(-1)?.message).toBe(
      `Kendall tau 1.000, the same best document for 100.0% of ${shipped} queries, compared with local://current`,
    );
  });

  it('report how far a model disagrees, and reject it only by limits', async () => {
    const candidate = fakeCandidate({ score: reversed });
    expect((await runGates(candidate, context({ current }))).passed).toBe(true);
    const limits = { minKendallTau: 0.9 };
    const report = await runGates(candidate, context({ current, limits, threshold: 0.7 }));
    expect(report).toMatchObject({ passed: false, limits, comparison: { threshold: 0.7 } });
    expect(report.checks.at(-1)).toMatchObject({
      name: 'agreement',
      passed: false,
      message: 'it does not agree with local://current: Kendall tau is -1.000, below 0.9',
    });
  });

  it('do not blame a model for another one that does not answer', async () => {
    const dead = fakeCandidate({
      score: () => {
        throw new Error('its engine has ended');
      },
    });
    const report = await runGates(fakeCandidate(), context({ current: dead }));
    expect(report).toMatchObject({ passed: true, comparison: null, compared_with: null });
    const message = 'it could not be compared with the model that serves: its engine has ended';
    expect(report.checks.at(-1)).toMatchObject({ passed: true, message });
    const limits = { minKendallTau: 0.5 };
    expect((await runGates(fakeCandidate(), context({ current: dead, limits }))).passed).toBe(false);
  });

  it('ask the queries of the operator and of live requests too, and keep the latter to themselves', async () => {
    const file = join(directory, 'probes.json');
    await writeFile(file, JSON.stringify([{ query: 'mine', documents: ['long text', 'x'] }]));
    const live = new LiveRing(5);
    live.offer('a secret', ['long text', 'x']);
    const disagreeingOn = (wanted: string) =>
      fakeCandidate({
        score: (query, documents) => (query === wanted ? reversed : byLength)(query, documents),
      });
    const secret = await runGates(disagreeingOn('a secret'), context({ current, probes: { file, live } }));
    expect(secret.comparison).toMatchObject({
      queries: shipped + 2,
      worstQuery: { index: shipped + 1, query: '(a live request)', kendallTau: -1 },
    });
    expect(JSON.stringify(secret)).not.toContain('a secret');
    const mine = await runGates(disagreeingOn('mine'), context({ current, probes: { file, live } }));
    expect(mine.comparison?.worstQuery.query).toBe('mine');
  });

  it('take a probe set that can not be read for no comparison', async () => {
    const probes = { file: join(directory, 'missing.json') };
    const report = await runGates(fakeCandidate(), context({ current, probes }));
    expect(report.passed).toBe(true);
    expect(report.checks.at(-1)?.message).toMatch(/could not be compared .*missing\.json can't be read/);
    const limits = { minKendallTau: 0.5 };
    expect((await runGates(fakeCandidate(), context({ current, probes, limits }))).passed).toBe(false);
  });

  it('count the queries of all sets together', async () => {
    await writeGolden([0, 1]);
    const seen: [number, number, string][] = [];
    const advance: GateContext['advance'] = (...step) => void seen.push(step);
    await runGates(fakeCandidate(), context({ current, advance }));
    expect(seen).toHaveLength(shipped + 1);
    expect(seen[0]).toEqual([1, shipped + 1, 'queries']);
    expect(seen.at(-1)).toEqual([shipped + 1, shipped + 1, 'queries']);
  });

  it('stop when they are told to', async () => {
    const controller = new AbortController();
    const advance = (): void => controller.abort(new Error('cancelled'));
    const running = runGates(fakeCandidate(), context({ current, advance, signal: controller.signal }));
    await expect(running).rejects.toThrow('cancelled');
  });

  it('look at nothing else where scores are no numbers', async () => {
    await writeGolden([0, 1]);
    const candidate = fakeCandidate({ score: (_query, documents) => documents.map(() => Number.NaN) });
    const report = await runGates(candidate, context({ current, force: true }));
    expect(namesOf(report)).toEqual(['shape', 'finite']);
    expect(report).toMatchObject({ passed: false, forced: false, compared_with: null });
  });

  it('let no model through whose scores are no numbers for some query, not even by force', async () => {
    const { query: poison } = shippedProbeSet()[0] ?? { query: '' };
    const score = (query: string, documents: readonly string[]): number[] =>
      query === poison ? documents.map(() => Number.NaN) : byLength(query, documents);
    const report = await runGates(fakeCandidate({ score }), context({ current, force: true }));
    expect(report).toMatchObject({ passed: false, forced: false });
    expect(report.checks.at(-1)?.message).toMatch(/scores are no finite numbers/);
  });

  it('let through by force what did not pass', async () => {
    await writeGolden([1, 0]);
    expect(await runGates(fakeCandidate(), context({ force: true }))).toMatchObject({
      passed: false,
      forced: true,
    });
    await writeGolden([0, 1]);
    expect(await runGates(fakeCandidate(), context({ force: true }))).toMatchObject({
      passed: true,
      forced: false,
    });
  });
});

describe('a report', () => {
  const check = { name: 'golden', passed: true, message: 'all is well', ms: 1 } as const;
  const report: GateReport = {
    passed: false,
    forced: false,
    checks: [
      check,
      { ...check, passed: false, message: 'it is wrong' },
      { ...check, passed: false, message: 'it is slow' },
    ],
    compared_with: null,
    comparison: null,
    limits: null,
  };

  it('of a model that did not pass rejects it, with what is wrong and with itself', () => {
    const message = 'the model loads, but it is wrong; and it is slow';
    expect(() => requirePassed(report)).toThrow(
      expect.objectContaining({ type: 'rejected_by_gate', message, report }),
    );
  });

  it('lets through what passed, or was forced', () => {
    requirePassed({ ...report, passed: true });
    requirePassed({ ...report, forced: true });
  });
});
