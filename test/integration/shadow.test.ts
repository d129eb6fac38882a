import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ShadowReport } from '../../src/serving/operation/shadow-report.ts';
import { DOCUMENTS, largestDifference, QUERY, SAME_SCORE } from '../support/capitals.ts';
import type { Reranked } from '../support/client.ts';
import { copiesIn, scratchDirectory } from '../support/directories.ts';
import { expectError } from '../support/error-answer.ts';
import { helpersOf } from '../support/processes.ts';
import { type ServiceUnderTest, startService } from '../support/running-service.ts';
import { SkippingClock } from '../support/skipping-clock.ts';
import { outputLogits, pairModel, tokenOf, writeModelDirectory } from '../support/test-models.ts';
import { until } from '../support/until.ts';
import { phasesOf, Updates } from '../support/updates.ts';

/** The word that turns the order around. None of the queries has it on which models are compared. */
const TWIST = '谁';
const TWISTED = DOCUMENTS.map((document) => `${document} ${TWIST}`);

const LIMITS = { minKendallTau: 0.5 };

/** Ranks as the other one does, but for one word. */
async function twistedModel(): Promise<Uint8Array> {
  const twist = await tokenOf(TWIST);
  return pairModel(({ graph, ops, ids, score }) => {
    const isTwist = ops.cast(ops.equal(ids, graph.scalar('int64', twist)), 'float32');
    const sign = ops.subtract(graph.scalar('float32', 1), ops.multiply(ops.sum(isTwist, 1, true), 2));
    outputLogits(graph, ops.multiply(score, sign));
  });
}

const plainModel = pairModel(({ graph, score }) => outputLogits(graph, score));

describe('an update with a shadow', () => {
  let root: Awaited<ReturnType<typeof scratchDirectory>>;
  let server: ServiceUnderTest;
  let clock: SkippingClock;
  let updates: Updates;

  beforeEach(async () => {
    root = await scratchDirectory();
    await writeModelDirectory(join(root.path, 'plain'), plainModel);
    await writeModelDirectory(join(root.path, 'twisted'), await twistedModel());
    clock = new SkippingClock();
    const settings = { RERANK_MODELS_DIR: root.path, RERANK_MODEL: 'local://plain', RERANK_ENGINES: '1' };
    server = await startService(settings, { clock });
    updates = new Updates(server.client);
  });
  afterEach(async () => {
    await server[Symbol.asyncDispose]();
    await root[Symbol.asyncDispose]();
  });

  const update = (terms: object = {}) => ({
    model_path: 'local://twisted',
    shadow: { percent: 100, requests: 3 },
    ...terms,
  });
  const rerank = (documents: readonly string[]) =>
    server.client.post<Reranked>('/rerank', { query: QUERY, documents, raw_scores: true });
  const serving = async () => (await server.client.info()).model_id;
  const inShadow = (id: string) =>
    until('the shadow begins', async () => (await updates.report(id)).phase === 'shadow');

  it('has the new model score live requests, whose answers stay those of the old one', async () => {
    const expected = await server.client.logits(QUERY, DOCUMENTS);
    const { id } = await updates.begin(update({ shadow: { percent: 50, requests: 3 } }));
    await inShadow(id);
    for (let request = 0; request < 6; request++) {
      const { status, headers, body } = await rerank(DOCUMENTS);
      expect(status).toBe(200);
      expect(headers.get('x-model')).toBe('local://plain');
      expect(largestDifference(body.scores, expected)).toBeLessThan(SAME_SCORE);
    }
    const report = await updates.ended(id);
    expect(report).toMatchObject({ status: 'succeeded', warnings: [] });
    expect(report.shadow).toMatchObject({
      requests: 3,
      requests_wanted: 3,
      skipped: 0,
      comparison: { queries: 3, documents: 3 * DOCUMENTS.length, kendallTau: 1 },
    });
    const phases = phasesOf(report);
    expect(phases.slice(phases.indexOf('check'), phases.indexOf('check') + 3)).toEqual([
      'check',
      'shadow',
      'swap',
    ]);
    expect(await serving()).toBe('local://twisted');
  });

  it('refuses a model that live requests show to be beyond the limits, whatever the other queries say', async () => {
    const { id } = await updates.begin(update({ gates: LIMITS }));
    const outcome = updates.ask(update({ gates: LIMITS }));
    await inShadow(id);
    for (let request = 0; request < 3; request++) await rerank(TWISTED);
    const answer = await outcome;
    expectError(answer, 422, 'rejected_by_gate', /on live requests Kendall tau is -1\.000, below 0\.5/);
    const { report } = answer.body as unknown as { report: ShadowReport };
    expect(report).toMatchObject({ requests: 3, comparison: { kendallTau: -1 } });
    expect(await updates.report(id)).toMatchObject({
      status: 'failed',
      checks: { passed: true, comparison: { kendallTau: 1 } },
      shadow: report,
    });
    expect(await serving()).toBe('local://plain');
    expect(await copiesIn(server.stateDirectory)).toHaveLength(1);
  });

  it('goes on with a warning when nothing live came in time', async () => {
    const { id } = await updates.begin(update({ gates: LIMITS }));
    await inShadow(id);
    clock.skip(15 * 60_000);
    expect(await updates.ended(id)).toMatchObject({
      status: 'succeeded',
      warnings: [
        'no live request came within 15 minutes that the candidate could score: nothing was compared',
      ],
      shadow: { requests: 0, requests_wanted: 3, comparison: null },
    });
    expect(await serving()).toBe('local://twisted');
  });

  it('can be cancelled in it, and leaves nothing behind', async () => {
    const helpers = await helpersOf(process.pid);
    const { id } = await updates.begin(update());
    await inShadow(id);
    expect((await updates.cancel(id)).body).toMatchObject({ status: 'cancelled', phase: 'shadow' });
    expect(await helpersOf(process.pid)).toEqual(helpers);
    expect(await copiesIn(server.stateDirectory)).toHaveLength(1);
    expect(await server.state()).toBeUndefined();
    expect(await serving()).toBe('local://plain');
  });

  it('in mode hold says that there was none', async () => {
    const { body } = await updates.ask(update({ mode: 'hold' }));
    expect(body.operation).toMatchObject({ status: 'succeeded', mode: { chosen: 'hold' }, shadow: null });
    expect(body.operation.warnings).toContainEqual(expect.stringContaining('live requests were not scored'));
  });
});
