import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectedLogit, type GoldenPair, goldenCases, goldenRoot, readGolden } from '../support/golden.ts';
import { type WorkshopUnderTest, workshopOver } from '../support/workshop.ts';
import { type ProfiledReply, profiledRun, rowsOf, strays } from './profiled-run.ts';
import { findVulkan } from './vulkan/software-vulkan.ts';

const { driver, missing } = await findVulkan();

/**
 * Largest difference to transformers' float32, as a share of the spread between the logits. In 32 dimensions rounding averages out
 * less than in a real model's hundreds, which card/logits.card.ts holds to half of this.
 */
const TOLERANCE = { fp32: 1e-4, fp16: 1e-2 } as const;

/** DeBERTa's graph computes with the sizes of a batch, which ONNX Runtime does on the CPU by rule. */
const COMPUTES_SIZES = /^deberta/;
const SIZES = { Add: 2, Concat: 2, Slice: 3, Sub: 3 };

const dtypes = (['fp32', 'fp16'] as const).filter((dtype) => dtype === 'fp32' || driver?.hasHalf);
const cases = goldenCases
  .filter((name) => !readGolden(name).optional)
  .flatMap((name) => dtypes.map((dtype) => ({ name, dtype })));

describe.skipIf(missing)(`WebGPU on ${driver?.name ?? `no driver (not here: ${missing})`}`, () => {
  describe.each(cases)('$name in $dtype', ({ name, dtype }) => {
    const golden = readGolden(name);
    const batch = golden.batch.pairs.map((index) => golden.pairs[index] as GoldenPair);
    let workshop: WorkshopUnderTest;
    let reply: ProfiledReply;

    beforeAll(async () => {
      const env = driver?.env ?? {};
      workshop = await workshopOver(goldenRoot, { ...env, RERANK_DEVICE: 'webgpu', RERANK_DTYPE: dtype });
      const { graph } = await workshop.compile(`local://${name}`);
      const load = { ...graph, device: 'webgpu' as const, threads: 1 };
      reply = await profiledRun({ load, batches: [rowsOf(batch)], isStrict: false }, env);
    });
    afterAll(() => workshop[Symbol.asyncDispose]());

    it('gives the logits that transformers gives', () => {
      const found = reply.logits[0] ?? [];
      const differences = golden.batch.logits.map((outputs, row) =>
        Math.abs((found[row] as number) - expectedLogit(golden, outputs)),
      );
      expect(Math.max(...differences) / golden.logitSpread).toBeLessThan(TOLERANCE[dtype]);
    });

    it('runs every node on the card', () => {
      const elsewhere = COMPUTES_SIZES.test(name) ? SIZES : {};
      expect(strays(reply, 'WebGpuExecutionProvider')).toEqual(elsewhere);
    });
  });
});
