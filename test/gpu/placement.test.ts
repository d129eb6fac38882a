import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scratchDirectory } from '../support/directories.ts';
import { type GoldenPair, goldenCases, goldenRoot, readGolden } from '../support/golden.ts';
import { findStubCard, type StubCall, StubCard } from '../support/stub-card/stub-card.ts';
import { type WorkshopUnderTest, workshopOver } from '../support/workshop.ts';
import { type ProfiledReply, profiledRun, rowsOf, strays } from './profiled-run.ts';

const { library = '', missing } = await findStubCard();

/** Of cudaDataType: what is multiplied is float16. */
const FLOAT16 = 'types 2 2 ';
/** CUBLAS_COMPUTE_32F: sums in single precision. */
const IN_FLOAT32 = 68;

/** DeBERTa's graph computes with the sizes of a batch, which ONNX Runtime does on the CPU by rule: some numbers, and no tensor. */
const COMPUTES_SIZES = /^deberta/;
const SIZES_OF_TWO_RUNS = { Add: 4, Concat: 4, Sub: 6 };

/** DeBERTa's attention has a bias on the scores, and this one's heads aren't a multiple of 8 wide: no flash kernel is for them. */
const WITHOUT_FLASH = /^deberta|^xlm-roberta-gelu-new$/;

describe.skipIf(missing)(`the CUDA provider${missing ? ` (not here: ${missing})` : ''}`, () => {
  describe.each(goldenCases.filter((name) => !readGolden(name).optional))('with %s in fp16', (name) => {
    const golden = readGolden(name);
    const batch = golden.batch.pairs.map((index) => golden.pairs[index] as GoldenPair);
    const rows = rowsOf(batch);
    let scratch: Awaited<ReturnType<typeof scratchDirectory>>;
    let workshop: WorkshopUnderTest;
    let reply: ProfiledReply;
    let calls: StubCall[];

    beforeAll(async () => {
      scratch = await scratchDirectory();
      const card = await StubCard.makeIn(scratch.path, library, { isLogging: true });
      workshop = await workshopOver(goldenRoot, { ...card.env, RERANK_DEVICE: 'cuda', RERANK_DTYPE: 'fp16' });
      const { graph } = await workshop.compile(`local://${name}`);
      await card.clearLog();
      const load = { ...graph, device: 'cuda' as const, threads: 1 };
      reply = await profiledRun(
        { load, batches: [rows, rows], isStrict: !COMPUTES_SIZES.test(name) },
        card.env,
      );
      const all = await card.calls();
      // The first run may allocate, and look for the fastest kernels.
      calls = all.slice(all.findLastIndex(({ what }) => what === '===') + 1);
    });
    afterAll(async () => {
      await workshop[Symbol.asyncDispose]();
      await scratch[Symbol.asyncDispose]();
    });

    it('runs every node on the card, and copies none of them between', () => {
      expect(reply.nodes.length).toBeGreaterThan(10);
      const elsewhere = strays(reply, 'CUDAExecutionProvider');
      if (COMPUTES_SIZES.test(name)) expect(elsewhere).toEqual(SIZES_OF_TWO_RUNS);
      else expect(elsewhere).toEqual({});
      expect(reply.nodes.filter(({ operator }) => operator.startsWith('Memcpy'))).toEqual([]);
    });

    it('sends the feeds to the card, and nothing else; takes the logits, and nothing else', () => {
      const up = bytesOf(calls, 'h2d');
      const tokens = rows.ids.length;
      const padded = rows.lengths.length * Math.max(...rows.lengths);
      // int64 ids, positions or mask, and segments; for packed ones also where rows begin, and where their tokens are.
      const isPacked = reply.inputs.some((input) => input.name === 'cumulative_lengths');
      const feeds = isPacked ? 3 * 8 * tokens + 4 * padded + 4 * (rows.lengths.length + 1) : 3 * 8 * padded;
      expect(sum(up)).toBeLessThanOrEqual(feeds + 64);
      expect(bytesOf(calls, 'd2h')).toEqual([4 * rows.lengths.length]);
    });

    it('multiplies half-precision numbers and sums in single precision', () => {
      const products = calls.filter(({ what }) => what === 'gemm').map(({ text }) => text);
      const half = products.filter((text) => text.includes(FLOAT16));
      expect(half.length).toBeGreaterThan(4);
      for (const text of half) expect(text).toContain(`compute ${IN_FLOAT32} `);
      // The head, whose few rows are computed in single precision, and an unusual layer in front.
      expect(products.length - half.length).toBeLessThanOrEqual(3);
    });

    it.skipIf(WITHOUT_FLASH.test(name))('attends with the flash kernel', () => {
      const kernels = calls.filter(({ what, text }) => what === 'kernel' && /flash_fwd|fmha/.test(text));
      expect(kernels.length).toBeGreaterThan(0);
      expect(calls.filter(({ text }) => /softmax/i.test(text))).toEqual([]);
    });

    it('answers the same in each run', () => {
      expect(reply.logits[1]).toEqual(reply.logits[0]);
      expect(new Set(reply.logits[0]).size).toBeGreaterThan(1);
    });
  });
});

function bytesOf(calls: readonly StubCall[], direction: string): number[] {
  return calls.flatMap(({ what, text }) =>
    what.startsWith('memcpy') && text.endsWith(` ${direction}`) ? Number.parseInt(text, 10) : [],
  );
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
