import { MEMORY_PER_MODEL_BYTE } from './plan/engine-plan.ts';

/** What decides how much memory a model takes. */
export interface ModelSize {
  /** Engine processes. */
  readonly engines: number;
  /** Size of the weights in the type in which they are computed with. */
  readonly weightBytes: number;
  /** All engines map the same pages; otherwise each holds the weights for itself. */
  readonly isShared: boolean;
  /** Size of tokenizer.json. */
  readonly tokenizerFileBytes: number;
}

export interface RunningModel extends ModelSize {
  /** The most that its processes, engines and tokenizer, have held for themselves: see platform/memory/process-memory.ts. */
  readonly ownBytes: number;
}

const MIB = 2 ** 20;

/** A Node process with ONNX Runtime holds this much before it has done anything: 55 MiB were measured. */
const LEAST_SCRATCH_BYTES = 48 * MIB;

/** A tokenizer process without a vocabulary. */
const EMPTY_TOKENIZER_BYTES = 48 * MIB;

/** Measured for five vocabularies from 0.6 to 16 MiB: 60 to 430 MiB, in a straight line. */
const MEMORY_PER_TOKENIZER_FILE_BYTE = 24;

/**
 * Estimates the bytes that a model needs beside the one that runs, from what the running one was seen to take.
 *
 * What an engine holds apart from weights is its scratch: the runtime, and the activations of the largest batch so far. Scratch
 * depends on the traffic more than on the model, so each of the candidate's engines is expected to need as much as each that
 * runs now. Weights and vocabulary are the model's own, and are estimated from their sizes: shared weights once, since the
 * engines map the same pages, and private ones for every engine, larger than on disk, because ONNX Runtime keeps packed copies
 * and, while it loads, the file beside them. (An export of 1,061 MiB held 1,525 MiB once loaded and 1,841 MiB at the peak. One
 * that keeps its weights in a file of their own takes less, since parts of that are mapped; then the estimate is too high.)
 * @param running undefined when no model runs: then the candidate's engines count with the least that an engine takes.
 */
export function estimateMemoryNeed(candidate: ModelSize, running: RunningModel | undefined): number {
  const weightBytes = candidate.isShared ? candidate.weightBytes : privateWeightBytes(candidate);
  return weightBytes + tokenizerBytes(candidate) + candidate.engines * scratchBytes(running);
}

/** Of one engine. */
function scratchBytes(running: RunningModel | undefined): number {
  if (running === undefined) return LEAST_SCRATCH_BYTES;
  const ofAll = running.ownBytes - tokenizerBytes(running) - privateWeightBytes(running);
  return Math.max(LEAST_SCRATCH_BYTES, ofAll / Math.max(1, running.engines));
}

function privateWeightBytes({ isShared, weightBytes, engines }: ModelSize): number {
  return isShared ? 0 : weightBytes * MEMORY_PER_MODEL_BYTE * engines;
}

/** Of the tokenizer process alone. */
export function tokenizerBytes({ tokenizerFileBytes }: ModelSize): number {
  return EMPTY_TOKENIZER_BYTES + tokenizerFileBytes * MEMORY_PER_TOKENIZER_FILE_BYTE;
}
