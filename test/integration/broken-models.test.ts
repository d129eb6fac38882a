import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type BrokenModel, brokenModels } from '../support/broken-models.ts';
import { DOCUMENTS, largestDifference, QUERY, SAME_SCORE } from '../support/capitals.ts';
import { copyModel, scratchDirectory } from '../support/directories.ts';
import { expectError } from '../support/error-answer.ts';
import { helpersOf } from '../support/processes.ts';
import { type ServiceUnderTest, startService } from '../support/running-service.ts';

describe('an update to a model with', () => {
  let root: Awaited<ReturnType<typeof scratchDirectory>>;
  let server: ServiceUnderTest;
  let before: {
    readonly logits: readonly number[];
    readonly helpers: readonly number[];
    readonly state: unknown;
  };

  beforeAll(async () => {
    root = await scratchDirectory();
    await copyModel('demo', join(root.path, 'demo'));
    await copyModel('demo-next', join(root.path, 'demo-next'));
    server = await startService({ RERANK_MODELS_DIR: root.path });
    // From here on there is a state file that a failure could damage.
    await server.client.update('local://demo-next');
    before = {
      logits: await server.client.logits(QUERY, DOCUMENTS),
      helpers: await helpersOf(process.pid),
      state: await server.state(),
    };
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await root[Symbol.asyncDispose]();
  });

  afterEach(async () => {
    const answer = await server.client.rerank(QUERY, DOCUMENTS, { raw_scores: true });
    expect(answer.body.model).toBe('local://demo-next');
    expect(answer.headers.get('x-model-generation')).toBe('2');
    expect(largestDifference(answer.body.scores, before.logits)).toBeLessThan(SAME_SCORE);
    expect(await helpersOf(process.pid), 'processes are left over').toEqual(before.helpers);
    expect(await server.state()).toEqual(before.state);
  });

  async function expectRefusal({ what, errorType, says, write }: BrokenModel): Promise<void> {
    const name = what.replaceAll(/[^a-z]+/gi, '-');
    await write(join(root.path, name));
    const status = errorType === 'forbidden_reference' ? 403 : 422;
    const answer = await server.client.post('/update', { model_path: `local://${name}` });
    const error = expectError(answer, status, errorType, /./);
    expect(`${error.message}\n${error.detail}`).toMatch(says);
  }

  it.each(brokenModels.map((model) => [model.what, model] as const))('%s is refused', (_, model) =>
    expectRefusal(model),
  );

  it('any of these faults leaves no copy of it behind', async () => {
    const { history } = await server.client.models();
    const kept = (await readdir(join(server.stateDirectory, 'models'))).map((digest) => `sha256:${digest}`);
    expect(kept.toSorted()).toEqual(history.map(({ digest }) => digest).toSorted());
  });

  it('any of these faults is counted', async () => {
    const { body } = await server.client.get<string>('/metrics');
    expect(body).toMatch(/^rerankd_swaps_total\{kind="update",outcome="succeeded",mode="beside"\} 1$/m);
    const failed = body.matchAll(
      /^rerankd_swaps_total\{kind="update",outcome="failed",mode="\w+"\} (\d+)$/gm,
    );
    const sum = [...failed].reduce((total, [, count]) => total + Number(count), 0);
    expect(sum).toBe(brokenModels.length);
  });
});
