import type { Device } from '../../../src/engine/protocol.ts';
import { kendallTauB } from '../../../src/model/agreement/kendall-tau.ts';
import { startEnginesWith } from '../../serve/scenarios/start-engines.ts';
import { encodeRows, type Row, toBatch } from '../batches.ts';
import { cardSettings, referenceSettings } from '../card-server.ts';
import type { CardContext, CardModel } from './context.ts';

/** How far logits lie from those of single precision on the CPU. */
export interface Agreement {
  /** Largest difference divided by the range of the reference's logits. */
  readonly largestBySpread: number;
  readonly meanBySpread: number;
  readonly kendallTau: number;
}

export interface AgreementFindings {
  readonly size: string;
  readonly pairs: number;
  /** Largest minus smallest logit of the reference. */
  readonly spread: number;
  /** The card, in batches of mixed lengths. */
  readonly card: Agreement;
  /** The card, each pair alone: what the batches do. */
  readonly cardAlone: Agreement;
  /** The card in single precision: what its kernels do beside half precision. Undefined where it does not run. */
  readonly cardFp32: Agreement | undefined;
  /** PyTorch in half precision, where it is there: what half precision does to anybody. */
  readonly torch: Agreement | undefined;
  readonly faults: readonly string[];
}

const DOCUMENTS = 32;

/** Of the batches on the card; on the CPU each pair runs alone. */
const ROWS_OF_BATCH = 64;

/**
 * Compares logits, not scores: the sigmoid would hide what differs.
 * @param keep gets what is known so far: the time may be over before the last
 */
export async function measureAgreement(
  model: CardModel,
  context: CardContext,
  keep: (found: AgreementFindings) => Promise<void>,
): Promise<void> {
  const { options, torch, signal, say } = context;
  const { workload } = model;
  const file = await workload.requests('mixed', DOCUMENTS);
  const rows = await encodeRows(workload.encoder, workload.maxLength, file.requests, options.pairs);
  const logitsOf = async (settings: Record<string, string>, device: Device, sizes: readonly number[]) => {
    const pool = await startEnginesWith(settings, device, signal);
    try {
      const found: Float32Array[] = [];
      for (const size of sizes) {
        const logits: number[] = [];
        for (const batch of chunks(rows, size)) logits.push(...(await pool.run(toBatch(batch))).logits);
        found.push(Float32Array.from(logits));
      }
      return found;
    } finally {
      await pool.close();
    }
  };
  say(`agreement, ${model.size}: the card`);
  const [card, alone] = await logitsOf(cardSettings(model, context), options.device, [ROWS_OF_BATCH, 1]);
  say(`agreement, ${model.size}: fp32 on the CPU, ${rows.length} pairs`);
  const [reference] = await logitsOf(referenceSettings(model, context), 'cpu', [1]);
  if (reference === undefined || card === undefined || alone === undefined) throw new Error('no logits');
  const faults: string[] = [];
  const main = {
    size: model.size,
    pairs: rows.length,
    spread: Math.max(...reference) - Math.min(...reference),
    card: compareLogits(reference, card),
    cardAlone: compareLogits(reference, alone),
    faults,
  };
  await keep({ ...main, cardFp32: undefined, torch: undefined });
  const attempt = async (work: () => Promise<ArrayLike<number>>): Promise<Agreement | undefined> => {
    try {
      return compareLogits(reference, await work());
    } catch (error) {
      signal.throwIfAborted();
      faults.push((error as Error).message);
      return undefined;
    }
  };
  const byTorch =
    torch &&
    (await attempt(async () => {
      await torch.load(model.checkpoint, file.path, workload.maxLength);
      return await torch.logits(rows.length);
    }));
  await keep({ ...main, cardFp32: undefined, torch: byTorch });
  say(`agreement, ${model.size}: fp32 on the card`);
  const single = { ...cardSettings(model, context), RERANK_DTYPE: 'fp32' };
  const cardFp32 = await attempt(async () => {
    const [logits] = await logitsOf(single, options.device, [ROWS_OF_BATCH]);
    return logits ?? [];
  });
  await keep({ ...main, cardFp32, torch: byTorch });
}

/** @throws RangeError when there is not one logit for each of the reference's. */
export function compareLogits(reference: ArrayLike<number>, other: ArrayLike<number>): Agreement {
  const kendallTau = kendallTauB(reference, other);
  const values = Array.from(reference);
  const spread = Math.max(...values) - Math.min(...values);
  const differences = values.map((value, index) => Math.abs(value - (other[index] ?? Number.NaN)) / spread);
  return {
    largestBySpread: Math.max(...differences),
    meanBySpread: differences.reduce((sum, difference) => sum + difference, 0) / differences.length,
    kendallTau,
  };
}

function chunks(rows: readonly Row[], size: number): Row[][] {
  return Array.from({ length: Math.ceil(rows.length / size) }, (_, index) =>
    rows.slice(index * size, (index + 1) * size),
  );
}
