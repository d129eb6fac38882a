import { InferenceSession, type Tensor } from 'onnxruntime-node';
import { paddedWidth } from '../padded-width.ts';
import type { Device, LoadRequest, PrepackRequest, RaggedTokens, TensorInfo } from '../protocol.ts';
import { toFeeds } from './feeds.ts';

/** Options that every session of this service shares. */
export function sessionOptions(device: Device, threads: number) {
  return {
    executionProviders: [device],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
    // ONNX Runtime keeps a plan of its memory for every shape that it has seen, for ever; packed batches are of ever new shapes.
    enableMemPattern: device === 'cpu',
    // Waiting threads that spin would burn the processors that the other engines need.
    extra: {
      session: {
        intra_op: { allow_spinning: '0' },
        // Weights in the arena, which grows by doubling and never shrinks, would take up to twice their size.
        ...(device === 'cuda' && { use_device_allocator_for_initializers: '1' }),
      },
    },
  } satisfies InferenceSession.SessionOptions;
}

/** ONNX Runtime's names. */
const OPTIMIZATION_LEVELS = { all: 'all', constants: 'basic', none: 'disabled' } as const;

/** One model in memory. Both methods block the thread while ONNX Runtime works. */
export class LoadedModel {
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  readonly device: Device;
  readonly #session: InferenceSession;
  readonly #request: LoadRequest;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(session: InferenceSession, request: LoadRequest) {
    this.#session = session;
    this.#request = request;
    this.device = request.device;
    this.inputs = session.inputMetadata.map(describe);
    this.outputs = session.outputMetadata.map(describe);
  }

  /** @throws Error with ONNX Runtime's own message when the file is not a model that it can run. */
  static async load(request: LoadRequest): Promise<LoadedModel> {
    const { extra, ...options } = sessionOptions(request.device, request.threads);
    const session = await InferenceSession.create(request.modelFile, {
      ...options,
      graphOptimizationLevel: OPTIMIZATION_LEVELS[request.optimization],
      extra: {
        session: { ...extra.session, ...(request.onlyDevice ? { disable_cpu_ep_fallback: '1' } : {}) },
      },
    });
    return new LoadedModel(session, request);
  }

  /**
   * One batch after the other: what is made of the next one takes the place of the one before.
   * @returns the first output, flattened: one logit a row for a cross-encoder.
   */
  run(tokens: RaggedTokens): Promise<Float32Array> {
    const scored = this.#last.then(() => this.#runNow(tokens));
    this.#last = scored.catch(() => {});
    return scored;
  }

  async #runNow(tokens: RaggedTokens): Promise<Float32Array> {
    const results = await this.#session.run(
      toFeeds(tokens, this.inputs, (longest) => paddedWidth(longest, this.#request)),
    );
    const [name] = this.#session.outputNames;
    const output = name === undefined ? undefined : results[name];
    if (output === undefined) throw new Error('the model has no output');
    return toFloat32(output);
  }
}

/**
 * Loads a model for the CPU once and saves it with the arrangement of its weights that this processor's kernels work on, so
 * that engines can map it instead of making one each.
 */
export async function savePrepacked({ modelFile, packedFile, packedWeights }: PrepackRequest): Promise<void> {
  const session = await InferenceSession.create(modelFile, {
    ...sessionOptions('cpu', 1),
    graphOptimizationLevel: 'disabled',
    optimizedModelFilePath: packedFile,
    extra: {
      session: {
        save_external_prepacked_constant_initializers: '1',
        optimized_model_external_initializers_file_name: packedWeights,
      },
    },
  });
  await session.release();
}

function describe(metadata: InferenceSession.ValueMetadata): TensorInfo {
  if (!metadata.isTensor) return { name: metadata.name, type: 'not a tensor', shape: [] };
  return { name: metadata.name, type: metadata.type, shape: metadata.shape };
}

function toFloat32(output: Tensor): Float32Array {
  const { data } = output;
  if (data instanceof Float32Array) return data;
  if (data instanceof Uint16Array)
    return Float32Array.from(new Float16Array(data.buffer, data.byteOffset, data.length));
  if (output.type === 'float16') return Float32Array.from(data as unknown as Float16Array);
  throw new Error(`the output "${output.type}" is not a float tensor`);
}
