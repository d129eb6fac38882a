import { measureProducts } from '../matmul/measure.ts';
import type { ProductChain } from '../matmul/product-graph.ts';
import { layerProducts } from '../model-flop.ts';
import type { ProductRate } from '../torch/torch-baseline.ts';
import type { CardContext, CardModel } from './context.ts';

/** How fast the card multiplies matrices. All rates in TFLOP/s. */
export interface MatmulFindings {
  /** The best of the square products in half precision, whoever computed it: what shares are taken of. NaN where none was measured. */
  readonly reference: number;
  readonly square: { readonly torchFp16?: number; readonly torchBf16?: number; readonly onnxFp16?: number };
  /** The products of each model's layers, by PyTorch. */
  readonly torchLayers: Readonly<Record<string, readonly ProductRate[]>>;
  /** The same two kinds of them by ONNX Runtime: [tokens, h] × [h, h], and through the inner layer and back. */
  readonly onnxLayers: Readonly<Record<string, { readonly hidden: number; readonly inner: number }>>;
  readonly faults: readonly string[];
}

const SQUARE = 8192;

/** Where the card is none. */
const TINY_SQUARE = 256;

/** Tokens of a full batch. */
const BATCH_TOKENS = 16_384;
const TINY_BATCH_TOKENS = 256;

const LONGEST_SECONDS = 2;

/** Measures the card, not us: what it could do. */
export async function measureMatmul(
  models: readonly CardModel[],
  context: CardContext,
): Promise<MatmulFindings> {
  const { options, torch, signal, say } = context;
  const [square, tokens] = options.isDryRun ? [TINY_SQUARE, TINY_BATCH_TOKENS] : [SQUARE, BATCH_TOKENS];
  const seconds = Math.min(LONGEST_SECONDS, options.seconds);
  const faults: string[] = [];
  const attempt = async <T>(what: string, work: () => Promise<T>): Promise<T | undefined> => {
    say(`matmul: ${what}`);
    try {
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      faults.push(`${what}: ${(error as Error).message}`);
      return undefined;
    }
  };
  const torchSquare = async (dtype: 'float16' | 'bfloat16'): Promise<number | undefined> => {
    if (torch === undefined) return undefined;
    const rates = await attempt(`${square}³ by PyTorch, ${dtype}`, () =>
      torch.matmul([[square, square, square]], dtype, seconds),
    );
    return rates?.[0]?.teraflops;
  };
  const onnx = async (what: string, chain: ProductChain): Promise<number | undefined> =>
    await attempt(`${what} by ONNX Runtime`, () =>
      measureProducts({ device: options.device, chain, seconds }, signal),
    );

  const [torchFp16, torchBf16] = [await torchSquare('float16'), await torchSquare('bfloat16')];
  const onnxFp16 = await onnx(`${square}³`, { m: square, widths: [square], repeats: 16 });
  const torchLayers: Record<string, readonly ProductRate[]> = {};
  const onnxLayers: Record<string, { hidden: number; inner: number }> = {};
  for (const { size, shape } of models) {
    const { hidden, intermediate } = shape;
    const rates =
      torch &&
      (await attempt(`products of ${size} by PyTorch`, () =>
        torch.matmul(layerProducts(shape, tokens), 'float16', seconds / 2),
      ));
    if (rates !== undefined) torchLayers[size] = rates;
    onnxLayers[size] = {
      hidden: (await onnx(`${size}: hidden`, { m: tokens, widths: [hidden], repeats: 64 })) ?? Number.NaN,
      inner:
        (await onnx(`${size}: inner layer`, {
          m: tokens,
          widths: [hidden, intermediate],
          repeats: 16,
        })) ?? Number.NaN,
    };
  }
  const measured = [torchFp16, torchBf16, onnxFp16].filter((rate) => rate !== undefined);
  return {
    reference: measured.length === 0 ? Number.NaN : Math.max(...measured),
    square: {
      ...(torchFp16 !== undefined && { torchFp16 }),
      ...(torchBf16 !== undefined && { torchBf16 }),
      ...(onnxFp16 !== undefined && { onnxFp16 }),
    },
    torchLayers,
    onnxLayers,
    faults,
  };
}
