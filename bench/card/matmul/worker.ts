/** A process that multiplies matrices with ONNX Runtime. Started by measure.ts, never imported. */
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { median } from '../../../scripts/measuring/statistics.ts';
import { chainFlop, dualVectors, encodeProductChain } from './product-graph.ts';
import type { ProductReply, ProductRequest } from './protocol.ts';

const WARM_UP_RUNS = 2;

process.once('message', ({ device, chain, seconds }: ProductRequest) => {
  measure(device, chain, seconds).then(reply, (error: Error) => reply({ error: error.message }));
});

async function measure(
  device: ProductRequest['device'],
  chain: ProductRequest['chain'],
  seconds: number,
): Promise<ProductReply> {
  const session = await InferenceSession.create(encodeProductChain(chain), {
    executionProviders: [device],
    // Products of the same two matrices would be taken for one.
    graphOptimizationLevel: 'disabled',
    logSeverityLevel: 3,
  });
  const feeds = feedsOf(chain);
  for (let run = 0; run < WARM_UP_RUNS; run++) await session.run(feeds);
  const rates: number[] = [];
  const begun = performance.now();
  while (rates.length < 3 || performance.now() - begun < seconds * 1000) {
    const startedAt = performance.now();
    await session.run(feeds);
    rates.push(chainFlop(chain) / (performance.now() - startedAt) / 1e9);
  }
  return { teraflops: median(rates) };
}

function feedsOf({ m, widths }: ProductRequest['chain']): Record<string, Tensor> {
  const feeds: Record<string, Tensor> = {
    left: new Tensor('float32', dualVectors(m).up, [m, 1]),
  };
  for (const width of new Set(widths)) {
    const { up, down } = dualVectors(width);
    feeds[`down_${width}`] = new Tensor('float32', down, [1, width]);
    feeds[`up_${width}`] = new Tensor('float32', up, [width, 1]);
  }
  return feeds;
}

function reply(message: ProductReply): void {
  process.send?.(message, () => process.exit());
}
