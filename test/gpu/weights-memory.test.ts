import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Engine } from '../../src/engine/engine.ts';
import { encodeModel } from '../../src/graph/onnx/encode.ts';
import { GraphBuilder } from '../../src/graph/onnx/graph-builder.ts';
import { tensor } from '../../src/graph/onnx/tensor.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { LogBook } from '../support/log-book.ts';
import { findStubCard, StubCard } from '../support/stub-card/stub-card.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { testEnvironment } from '../support/test-environment.ts';

const { library = '', missing } = await findStubCard();

const MIB = 2 ** 20;
/** Just above a power of two: an arena that doubles would take 64. */
const WEIGHTS_MIB = 33;

/** A table of that size, in which ids are looked up. */
async function writeTable(): Promise<string> {
  const graph = new GraphBuilder('table');
  const ids = graph.input('input_ids', 'int64', ['batch', 'sequence']);
  const values = new Float32Array((WEIGHTS_MIB * MIB) / 4);
  const table = graph.initializer('table', tensor('float32', [values.length], values));
  const scores = graph.node('Gather', [table, ids]);
  graph.output(graph.node('ReduceSum', [scores, graph.integers(1)], { name: 'logits' }), 'float32', [
    'batch',
    1,
  ]);
  const path = join(await temporaryDirectory(), 'model.onnx');
  const model = { irVersion: 8, producer: 'test', opsets: { '': 18 }, graph: graph.build() };
  await writeFile(path, encodeModel(model));
  return path;
}

it.skipIf(missing)(
  `weights take no more of a card than they have${missing ? ` (not here: ${missing})` : ''}`,
  { timeout: 60_000 },
  async () => {
    const card = await StubCard.make(library);
    const engine = await Engine.start(
      {
        name: 'weights',
        modelFile: await writeTable(),
        device: 'cuda',
        threads: 1,
        optimization: 'all',
        env: testEnvironment(card.env),
        loadTimeoutMs: 60_000,
        runTimeoutMs: 60_000,
        clock: systemClock,
        logger: new LogBook().logger,
      },
      new AbortController().signal,
    );
    const [held] = [...(await card.memory()).values()];
    engine.kill('the test is over');
    await engine.lost;
    expect(held?.used).toBeGreaterThanOrEqual(WEIGHTS_MIB * MIB);
    expect(held?.peak).toBeLessThan((WEIGHTS_MIB + 4) * MIB);
  },
);
