import { describe, expect, it } from 'vitest';
import type { OperationReport } from '../../src/serving/operation/operation-report.ts';
import { DOCUMENTS, QUERY } from '../support/capitals.ts';
import type { ServiceUnderTest } from '../support/running-service.ts';
import { readScrape } from '../support/scrape.ts';
import { startOnCard } from '../support/service-on-card.ts';
import { findStubCard, type StubCardOptions } from '../support/stub-card/stub-card.ts';

const MIB = 2 ** 20;
const CONTEXT_BYTES = 300 * MIB;

/** Not enough for two: the models themselves are tiny. */
const SMALL_CARD_BYTES = 512 * MIB;

/** Folder with the stub of the CUDA runtime, and ONNX Runtime's CUDA provider beside it. */
const { library = '', missing: reason } = await findStubCard();
const missing = reason === undefined ? '' : ` (not here: ${reason})`;

interface Answered {
  readonly status: number;
  readonly model: string | null;
}

/** Asks all the time until it is told to stop. @returns every answer. */
function underLoad(server: ServiceUnderTest): { stop(): Promise<Answered[]> } {
  const answers: Answered[] = [];
  let isOver = false;
  const ask = async (): Promise<void> => {
    const body = { query: QUERY, documents: DOCUMENTS };
    const { status, headers } = await server.client.post('/rerank', body);
    answers.push({ status, model: headers.get('x-model') });
    if (!isOver) await ask();
  };
  const clients = [ask(), ask()];
  const stop = async (): Promise<Answered[]> => {
    isOver = true;
    await Promise.all(clients);
    return answers;
  };
  return { stop };
}

async function serve(options: StubCardOptions) {
  const server = await startOnCard(library, {}, { contextBytes: CONTEXT_BYTES, ...options });
  const update = async (): Promise<OperationReport> => {
    const { operation } = await server.client.update('local://xlm-roberta-gelu-new');
    return operation as unknown as OperationReport;
  };
  return { server, update, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

describe.skipIf(missing !== '')(`the memory of a GPU${missing}`, () => {
  it('is shown where there is a card', async () => {
    await using running = await serve({ bytes: 4096 * MIB });
    const { client } = running.server;
    const { gpu } = (await client.info()) as unknown as { gpu: Record<string, unknown> };
    expect(gpu).toEqual({
      name: 'Stub',
      total_bytes: 4096 * MIB,
      free_bytes: expect.any(Number),
      model_bytes: expect.any(Number),
    });
    expect(gpu['model_bytes']).toBeGreaterThan(CONTEXT_BYTES);
    expect(gpu['free_bytes']).toBe(4096 * MIB - Number(gpu['model_bytes']));
    const { samples } = readScrape((await client.get<string>('/metrics')).body);
    const figures = samples.filter(({ name }) => name === 'rerankd_gpu_memory_bytes');
    expect(Object.fromEntries(figures.map(({ labels, value }) => [labels['state'], value]))).toEqual({
      used: gpu['model_bytes'],
      free: gpu['free_bytes'],
      total: 4096 * MIB,
    });
    const stats = await client.get<{ memory: { gpu: unknown } }>('/ui/stats');
    expect(stats.body.memory.gpu).toEqual({
      name: 'Stub',
      used_bytes: gpu['model_bytes'],
      free_bytes: gpu['free_bytes'],
      total_bytes: 4096 * MIB,
    });
    expect(await client.metric('rerankd_gpu_engine_memory_bytes')).toBe(gpu['model_bytes']);
  });

  it('has two models beside each other where there is room', async () => {
    await using running = await serve({ bytes: 4096 * MIB });
    const load = underLoad(running.server);
    const { mode, memory, warnings } = await running.update();
    const answers = await load.stop();
    expect(mode).toEqual({
      chosen: 'beside',
      why: expect.stringMatching(/^beside: it needs about .* of GPU memory and 3\.7 GiB are free \(Stub\)$/),
    });
    expect(memory?.gpu_before_bytes).toBeGreaterThan(CONTEXT_BYTES);
    expect(memory?.gpu_after_bytes).toBeGreaterThan(CONTEXT_BYTES);
    expect(warnings).toEqual([]);
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    expect(answers.at(-1)?.model).toBe('local://xlm-roberta-gelu-new');
  });

  it.each([false, true])(
    'has one after the other where there is not, and waits until the first is gone (process ids of another namespace: %s)',
    async (hasForeignPids) => {
      await using running = await serve({ bytes: SMALL_CARD_BYTES, hasForeignPids });
      await running.server.card.freeAfter(600);
      const load = underLoad(running.server);
      const { mode, phases, warnings, lock_held_ms, memory } = await running.update();
      const answers = await load.stop();
      expect(mode).toEqual({
        chosen: 'hold',
        why: expect.stringMatching(
          /^hold: it needs about \d+ MiB of GPU memory and (only \d+ MiB|less than 1 MiB|only less than 1 MiB) are free \(Stub\)/,
        ),
      });
      const release = phases.find(({ phase }) => phase === 'release')?.ms ?? 0;
      expect(release).toBeGreaterThanOrEqual(600);
      expect(lock_held_ms).toBeGreaterThanOrEqual(release);
      expect(warnings).toEqual([]);
      expect(memory?.gpu_after_bytes).toBeGreaterThan(CONTEXT_BYTES);
      expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
      expect(answers.at(-1)?.model).toBe('local://xlm-roberta-gelu-new');
    },
  );

  it('goes on with a warning where the driver does not give it back', async () => {
    await using running = await serve({ bytes: SMALL_CARD_BYTES });
    await running.server.card.freeAfter(3_600_000);
    const load = underLoad(running.server);
    const { mode, warnings } = await running.update();
    const answers = await load.stop();
    expect(mode?.chosen).toBe('hold');
    expect(warnings).toEqual([
      expect.stringMatching(
        /^\d+ MiB of the GPU memory of local:\/\/xlm-roberta were still not free when the next load began \(Stub\), by process \d+$/,
      ),
    ]);
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
  });
});
