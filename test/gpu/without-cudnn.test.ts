import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { Engine } from '../../src/engine/engine.ts';
import { writeScore } from '../../src/graph/architectures/labels.ts';
import { encodeModel } from '../../src/graph/onnx/encode.ts';
import { GraphBuilder } from '../../src/graph/onnx/graph-builder.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { candidateFailure } from '../../src/serving/preparation/candidate-failure.ts';
import { goldenRoot } from '../support/golden.ts';
import { LogBook } from '../support/log-book.ts';
import { findStubCard, StubCard } from '../support/stub-card/stub-card.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { testEnvironment } from '../support/test-environment.ts';
import { workshopOver } from '../support/workshop.ts';

const { library = '', missing } = await findStubCard();

const never = new AbortController().signal;
const tokens = {
  lengths: Uint32Array.of(3, 2),
  ids: Int32Array.of(5, 6, 7, 5, 8),
  typeIds: Uint8Array.of(0, 1, 1, 0, 1),
};

const withoutCudnn = (): Promise<StubCard> => StubCard.make(library, { without: ['libcudnn.so.9'] });

/** What an engine without cuDNN makes of a model: how many logits it has, or why none. */
async function answerTo(
  modelFile: string,
  optimization: 'all' | 'none' = 'all',
  card?: StubCard,
): Promise<unknown> {
  const { env } = card ?? (await withoutCudnn());
  const engine = await Engine.start(
    {
      name: 'without-cudnn',
      modelFile,
      device: 'cuda',
      threads: 1,
      optimization,
      env: testEnvironment(env),
      loadTimeoutMs: 60_000,
      runTimeoutMs: 60_000,
      clock: systemClock,
      logger: new LogBook().logger,
    },
    never,
  );
  try {
    return (await engine.run(tokens)).logits.length;
  } catch (error) {
    return candidateFailure(error, never);
  } finally {
    engine.kill('the test is over');
    await engine.lost;
  }
}

/** The ids as scores of labels, [batch, 1, labels]. @param score of them, one a pair */
async function modelOf(score: (graph: GraphBuilder, labels: string) => string): Promise<string> {
  const graph = new GraphBuilder('labels');
  const ids = graph.input('input_ids', 'int64', ['batch', 'sequence']);
  const labels = graph.node('Unsqueeze', [
    graph.node('Cast', [ids], { attributes: { to: { int: 1 } } }),
    graph.integers(1),
  ]);
  graph.output(score(graph, labels), 'float32', ['batch', 1]);
  const path = join(await temporaryDirectory(), 'model.onnx');
  const model = { irVersion: 8, producer: 'test', opsets: { '': 18 }, graph: graph.build() };
  await writeFile(path, encodeModel(model));
  return path;
}

describe.skipIf(missing)(`a card without cuDNN${missing ? ` (not here: ${missing})` : ''}`, () => {
  it.each(['demo', 'demo-next'])('runs the embedded model %s', { timeout: 60_000 }, async (name) => {
    const file = fileURLToPath(new URL(`../../models/${name}/onnx/model.onnx`, import.meta.url));
    expect(await answerTo(file)).toBe(2);
  });

  const compiled = ['xlm-roberta', 'deberta-v2', 'modernbert', 'bert-two-labels'].flatMap((name) =>
    (['fp16', 'fp32'] as const).map((dtype) => [name, dtype] as const),
  );
  it.each(compiled)('runs %s, compiled in %s', { timeout: 60_000 }, async (name, dtype) => {
    const card = await withoutCudnn();
    const settings = { ...card.env, RERANK_DEVICE: 'cuda', RERANK_DTYPE: dtype };
    await using workshop = await workshopOver(goldenRoot, settings);
    const { graph } = await workshop.compile(`local://${name}`);
    expect(await answerTo(graph.modelFile, 'none', card)).toBe(2);
  });

  it.each([2, 3])('runs the head of a classifier with %i labels', { timeout: 60_000 }, async (count) => {
    const head = await modelOf((graph, labels) => writeScore(graph, labels, { count, positive: 1 }));
    expect(await answerTo(head)).toBe(2);
  });

  it('is what is said of a model that needs it, not that the model is wrong', {
    timeout: 60_000,
  }, async () => {
    const largest = await modelOf((graph, labels) =>
      graph.node('Squeeze', [graph.node('ReduceMax', [labels, graph.integers(2)]), graph.integers(1)], {
        name: 'logits',
      }),
    );
    expect(await answerTo(largest)).toMatchObject({
      type: 'unavailable',
      message: expect.stringContaining('without cuDNN 9'),
      detail: expect.stringContaining('libcudnn9-cuda-13'),
    });
  });
});
