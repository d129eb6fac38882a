import { ChildLink } from '../platform/process/child-link.ts';
import { engineEntry } from './engine.ts';
import type { PrepackOptions } from './prepack.ts';
import { decodeRunReply, EngineCall, encodeRagged, type LoadRequest, type RaggedTokens } from './protocol.ts';

/** A background job: whatever serves goes first. */
const OBSERVER_NICENESS = 10;

/**
 * Runs a model over batches, one after the other, in a process of its own.
 * @param onRun told after each run how many are done
 * @returns the highest value that each element of its output had. All outputs must be of one shape.
 * @throws CallFailed when ONNX Runtime refuses the model or a batch; ChildLost when the process ends.
 */
export async function observeHighest(
  model: LoadRequest,
  batches: readonly RaggedTokens[],
  options: PrepackOptions,
  onRun: (runs: number) => void,
  signal: AbortSignal,
): Promise<Float32Array> {
  const payload = Buffer.from(JSON.stringify(model));
  const { link } = await ChildLink.launch(
    { ...options, name: 'observer', niceness: OBSERVER_NICENESS, entry: engineEntry },
    { kind: EngineCall.load, payload, timeoutMs: options.timeoutMs },
    signal,
  );
  try {
    let highest: Float32Array | undefined;
    for (const [index, batch] of batches.entries()) {
      signal.throwIfAborted();
      const reply = await link.call(EngineCall.run, encodeRagged(batch), options.timeoutMs);
      const { logits: output } = decodeRunReply(reply);
      // Math.max hands NaN on, so that a model that gives some can be told.
      highest = highest?.map((value, element) => Math.max(value, output[element] as number)) ?? output;
      onRun(index + 1);
    }
    return highest ?? new Float32Array(0);
  } finally {
    link.kill('everything is observed');
    await link.lost;
  }
}
