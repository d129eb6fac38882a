import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Generation } from '../../../src/model/generation.ts';
import type { NamedModel } from '../../../src/model/loadable-model.ts';
import type { Current } from '../../../src/serving/gates/candidate.ts';
import { GateKeeper } from '../../../src/serving/gates/gate-keeper.ts';
import { LiveRing } from '../../../src/serving/gates/live-ring.ts';
import { RecordedAnswers } from '../../../src/serving/gates/recorded-answers.ts';
import type { Change } from '../../../src/serving/operation/change-request.ts';
import type { Operation } from '../../../src/serving/operation/operation.ts';
import { byLength, type FakeCandidateOptions, fakeCandidate } from '../../support/fake-candidate.ts';
import { LogBook } from '../../support/log-book.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { someOperation } from '../../support/operations.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const BRIEF = ['shape', 'finite', 'constant'];
const REST = ['deterministic', 'tokenizer', 'latency'];
const LIMITS = { minKendallTau: 0.9 };

let model: NamedModel;
let operation: Operation;
let log: LogBook;
let clock: ManualClock;

beforeEach(async () => {
  model = { reference: 'local://next', digest: 'a', directory: await temporaryDirectory() };
  operation = someOperation();
  log = new LogBook();
  clock = new ManualClock();
});

/** @param limits of the settings */
function gateKeeper(limits = {}): GateKeeper {
  return new GateKeeper({
    goldenFile: undefined,
    probeFile: undefined,
    liveProbes: new LiveRing(0),
    limits,
    clock,
    logger: log.logger,
  });
}

const candidate = (options?: FakeCandidateOptions) => fakeCandidate(options) as unknown as Generation;
const current = candidate({ reference: 'local://current' });
/** Lower scores for longer documents. */
const reversed = () =>
  candidate({ score: (query, documents) => byLength(query, documents).map((logit) => -logit) });
/** Other scores every time that it is asked the same. */
const fickle = () =>
  candidate({ score: (query, documents, call) => byLength(query, documents).map((logit) => logit * call) });

const change = (terms: Partial<Change> = {}): Change => ({
  kind: 'update',
  target: { reference: 'local://next' },
  dryRun: false,
  force: false,
  wait: false,
  ...terms,
});

const names = (): string[] => operation.report.checks?.checks.map(({ name }) => name) ?? [];
const rejected = (message: RegExp) => ({
  type: 'rejected_by_gate',
  message: expect.stringMatching(message),
});

const writeGolden = (text: string) => writeFile(join(model.directory, 'golden.json'), text);

describe('a gatekeeper', () => {
  it('holds a candidate against the limits of the settings, where the update does not say otherwise', async () => {
    const keeper = gateKeeper({ minKendallTau: 0.9, maxLatencyRatio: 2 });
    expect(keeper.limits({})).toEqual({ minKendallTau: 0.9, maxLatencyRatio: 2 });
    expect(keeper.limits({ limits: { minKendallTau: -1 } })).toEqual({
      minKendallTau: -1,
      maxLatencyRatio: 2,
    });
    const checked = keeper.check(reversed(), model, change(), operation, current);
    await expect(checked).rejects.toMatchObject(rejected(/Kendall tau is -1\.000, below 0\.9/));
    expect(operation.report.checks).toMatchObject({ passed: false, compared_with: 'local://current' });
    await keeper.check(reversed(), model, change({ limits: { minKendallTau: -1 } }), operation, current);
    expect(operation.report.checks?.passed).toBe(true);
  });

  it('compares no model that comes back with the one that it is to replace', async () => {
    await gateKeeper(LIMITS).check(reversed(), model, change({ kind: 'rollback' }), operation, current);
    expect(operation.report.checks).toMatchObject({ passed: true, comparison: null, limits: null });
  });

  it('lets through by force, and says so in the log', async () => {
    await gateKeeper(LIMITS).check(reversed(), model, change({ force: true }), operation, current);
    expect(operation.report.checks).toMatchObject({ passed: false, forced: true });
    expect(log.find(/^local:\/\/next did not pass its checks and is let through by force$/)).toBeDefined();
  });

  it('refuses a golden set that can not be used before anything is compiled for it', async () => {
    await expect(gateKeeper().requireUsableGolden(model)).resolves.toBeUndefined();
    await writeGolden(JSON.stringify({ queries: [{ query: 'q', documents: ['b', 'a'], order: [0, 1] }] }));
    await expect(gateKeeper().requireUsableGolden(model)).resolves.toBeUndefined();
    await writeGolden('{}');
    await expect(gateKeeper().requireUsableGolden(model)).rejects.toMatchObject(
      rejected(/golden\.json of the model can't be used/),
    );
  });

  it('asks less at a start of a model that has served before', async () => {
    const { signal } = operation;
    const start = (hasServed: boolean, of = fickle()) =>
      gateKeeper().checkAtStart(of, model, hasServed, signal);
    await expect(start(false)).rejects.toMatchObject(rejected(/differently the second time/));
    await expect(start(true)).resolves.toBeUndefined();
    const mute = candidate({ score: (_query, documents) => documents.map(() => Number.NaN) });
    await expect(start(true, mute)).rejects.toMatchObject(rejected(/not numbers/));
  });
});

describe('a candidate for which requests wait', () => {
  const checkBriefly = (of: Generation, terms: Partial<Change> = {}, recorded?: Current) =>
    gateKeeper(LIMITS).check(of, model, change(terms), operation, recorded, true);
  const checkRest = (of: Generation, terms: Partial<Change> = {}) =>
    gateKeeper(LIMITS).checkRest(of, model, change(terms), operation);

  it('is looked at briefly, and for the rest once they no longer wait', async () => {
    const keeper = gateKeeper(LIMITS);
    const recorded = await keeper.record(change(), operation, current);
    await writeGolden(JSON.stringify({ queries: [{ query: 'q', documents: ['bb', 'a'], order: [0, 1] }] }));
    await checkBriefly(candidate(), {}, recorded);
    expect(names()).toEqual([...BRIEF, 'golden', 'agreement']);
    await checkRest(candidate());
    expect(names()).toEqual([...BRIEF, ...REST, 'golden', 'agreement']);
    expect(operation.report.checks).toMatchObject({
      passed: true,
      forced: false,
      compared_with: 'local://current',
      comparison: { kendallTau: 1 },
      limits: LIMITS,
    });
  });

  it('is rejected for what is found in the rest', async () => {
    await checkBriefly(fickle());
    await expect(checkRest(fickle())).rejects.toMatchObject(rejected(/differently the second time/));
    expect(operation.report.checks?.passed).toBe(false);
  });

  it('stays let through by force, whichever part it did not pass', async () => {
    const recorded = await gateKeeper(LIMITS).record(change(), operation, current);
    await checkBriefly(reversed(), { force: true }, recorded);
    await checkRest(candidate(), { force: true });
    expect(operation.report.checks).toMatchObject({ passed: false, forced: true });
    operation = someOperation();
    await checkBriefly(fickle(), { force: true });
    await checkRest(fickle(), { force: true });
    expect(operation.report.checks).toMatchObject({ passed: false, forced: true });
  });

  it('is compared with what the old model answered, as far as limits ask for that', async () => {
    const recorded = await gateKeeper(LIMITS).record(change(), operation, current);
    expect(recorded).toBeInstanceOf(RecordedAnswers);
    expect(operation.report).toMatchObject({ phase: 'check', progress: { unit: 'queries' } });
    const { done, total } = operation.report.progress ?? {};
    expect(done).toBe(total);
    operation = someOperation();
    expect(await gateKeeper().record(change(), operation, current)).toBeUndefined();
    expect(await gateKeeper(LIMITS).record(change({ kind: 'rollback' }), operation, current)).toBeUndefined();
    expect(await gateKeeper(LIMITS).record(change(), operation, undefined)).toBeUndefined();
    expect(operation.report.phases).toEqual([]);
    expect(await gateKeeper().record(change({ limits: LIMITS }), operation, current)).toBeDefined();
  });
});
