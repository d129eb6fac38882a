import { type FileHandle, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ObservedNorm } from '../layers/observed-products.ts';
import { encodeModel } from '../onnx/encode.ts';
import { type ModelPlan, planModel, planObserver } from '../plan-model.ts';
import { readConfig } from '../read-config.ts';
import { Checkpoint } from '../safetensors/checkpoint.ts';
import { TensorReader } from '../safetensors/read-tensor.ts';
import { WEIGHTS_FILE } from '../weights/weight-plan.ts';
import { MODEL_FILE, PACKED_FILE, PACKED_WEIGHTS_FILE, UNPACKED_FILE } from './files.ts';
import { packWeights } from './pack-weights.ts';
import type { CompileRequest } from './protocol.ts';
import { withoutTables } from './without-tables.ts';

/**
 * Turns a checkpoint into a graph, step by step, in the directory `target`: first the weights that can't be used as they
 * are; then, once an engine has saved packed forms of them beside the graph, both together.
 */
export class Compilation {
  /** What the parts of an observer's output belong to; empty for a model. */
  readonly norms: readonly ObservedNorm[];
  readonly #target: string;
  readonly #plan: ModelPlan;
  readonly #reader: TensorReader;
  readonly #weights: FileHandle;

  private constructor(
    target: string,
    plan: ModelPlan & { readonly norms?: readonly ObservedNorm[] },
    reader: TensorReader,
    weights: FileHandle,
  ) {
    this.norms = plan.norms ?? [];
    this.#target = target;
    this.#plan = plan;
    this.#reader = reader;
    this.#weights = weights;
  }

  /** @throws InvalidCheckpoint for what can't be compiled. */
  static async begin({ checkpoint, target, graph }: CompileRequest): Promise<Compilation> {
    const { tensors } = await Checkpoint.open(checkpoint);
    const config = await readConfig(checkpoint);
    const plan =
      graph === 'observer' ? planObserver({ config, tensors }) : planModel({ config, tensors }, graph);
    await writeFile(join(target, MODEL_FILE), encodeModel(plan.model));
    await writeFile(join(target, UNPACKED_FILE), encodeModel(withoutTables(plan.model)));
    const weights = await open(join(target, WEIGHTS_FILE), 'wx');
    await weights.truncate(plan.bytes);
    return new Compilation(target, plan, new TensorReader(checkpoint), weights);
  }

  /** How many steps it takes to write the weights. */
  get steps(): number {
    return this.#plan.writes.length;
  }

  /** Writes the weights of one step; steps are taken in their order. */
  async write(step: number): Promise<void> {
    const planned = this.#plan.writes[step];
    if (planned === undefined) throw new RangeError(`there is no step ${step} of ${this.steps}`);
    let at = planned.offset;
    await planned.recipe.make(this.#reader, async (bytes) => {
      await this.#weights.write(bytes, 0, bytes.length, at);
      at += bytes.length;
    });
  }

  /** Joins the packed weights, if an engine has saved some, and puts everything on disk. */
  async finish(): Promise<void> {
    const packed = await readFile(join(this.#target, PACKED_FILE)).catch(ifMissing);
    if (packed !== undefined) {
      const unpacked = `unpacked-${WEIGHTS_FILE}`;
      await rename(join(this.#target, WEIGHTS_FILE), join(this.#target, unpacked));
      const model = await packWeights(this.#plan.model, { directory: this.#target, unpacked, packed });
      await writeFile(join(this.#target, MODEL_FILE), encodeModel(model));
      for (const name of [unpacked, PACKED_FILE, PACKED_WEIGHTS_FILE]) await rm(join(this.#target, name));
    }
    await rm(join(this.#target, UNPACKED_FILE));
    await this.#weights.close();
    await this.#reader[Symbol.asyncDispose]();
  }
}

function ifMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
