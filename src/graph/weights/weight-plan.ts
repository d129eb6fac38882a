import { type ElementType, elementBytes } from '../onnx/element-type.ts';
import { externalTensor, type Tensor } from '../onnx/tensor.ts';
import { InvalidCheckpoint } from '../safetensors/invalid-checkpoint.ts';
import type { StoredTensor, StoredType } from '../safetensors/stored-tensor.ts';
import { converted } from './converted.ts';
import { foldedBias } from './folded-bias.ts';
import type { Recipe } from './recipe.ts';
import { turned } from './turned.ts';

/** One of several tensors that are stored as one, stacked along the first axis. */
export interface Part {
  readonly index: number;
  readonly of: number;
}

/** A layer by the names of its tensors. */
export interface FoldedLayer {
  readonly weight: string;
  readonly bias: string;
  /** [in] */
  readonly constant: string;
  readonly in: number;
  readonly out: number;
}

/** Name of the file for weights that can't be used as the checkpoint holds them. */
export const WEIGHTS_FILE = 'weights.bin';

/** A range of the weights file and how it is filled. */
export interface PlannedWrite {
  readonly offset: number;
  readonly recipe: Recipe;
}

/** Element types that the graph takes from a checkpoint as they are. */
const SAME_IN_ONNX: Partial<Record<StoredType, ElementType>> = {
  F32: 'float32',
  F16: 'float16',
  BF16: 'bfloat16',
};

/** Tensors begin at whole cache lines. */
const ALIGNMENT = 64;

/**
 * Decides for every weight of a model whether it is mapped out of the checkpoint or has to be written anew. Only names,
 * shapes and places are looked at: planning reads no weights.
 */
export class WeightPlan {
  readonly #stored: ReadonlyMap<string, StoredTensor>;
  readonly #writes: PlannedWrite[] = [];
  #bytes = 0;

  constructor(stored: ReadonlyMap<string, StoredTensor>) {
    this.#stored = stored;
  }

  /** What the weights file will hold, in order. */
  get writes(): readonly PlannedWrite[] {
    return this.#writes;
  }

  /** Size of the weights file. */
  get bytes(): number {
    return this.#bytes;
  }

  has(name: string): boolean {
    return this.#stored.has(name);
  }

  /**
   * The checkpoint's tensor of that name.
   * @param part of the tensor, if it holds several of that shape one after the other
   * @throws InvalidCheckpoint when it is not there, has another shape, or holds no floating point numbers.
   */
  find(name: string, shape: readonly number[], part?: Part): StoredTensor {
    if (part !== undefined) return this.#findPart(name, shape, part);
    const tensor = this.#stored.get(name);
    if (tensor === undefined) {
      throw new InvalidCheckpoint(
        `the checkpoint has no tensor "${name}" (${show(shape)}), which its config.json calls for`,
      );
    }
    if (tensor.shape.length !== shape.length || tensor.shape.some((size, axis) => size !== shape[axis])) {
      throw new InvalidCheckpoint(
        `tensor "${name}" in ${tensor.file} has the shape ${show(tensor.shape)}; by config.json it must be ${show(shape)}`,
      );
    }
    if (!(tensor.type in SAME_IN_ONNX) && tensor.type !== 'F64') {
      throw new InvalidCheckpoint(
        `tensor "${name}" in ${tensor.file} is of type ${tensor.type}; weights must be F32, F16, BF16 or F64`,
      );
    }
    return tensor;
  }

  /** A weight in the wanted type: where the checkpoint has it like that, straight out of it. */
  as(type: 'float32' | 'float16', name: string, shape: readonly number[], part?: Part): Tensor {
    const stored = this.find(name, shape, part);
    if (SAME_IN_ONNX[stored.type] === type) return mapped(stored, type);
    return this.write(type, shape, converted(stored, type));
  }

  /** A weight in whatever type the checkpoint has it (F64 as float32), always without a copy where that can be. */
  asStored(name: string, shape: readonly number[]): Tensor {
    const stored = this.find(name, shape);
    const type = SAME_IN_ONNX[stored.type];
    return type === undefined ? this.as('float32', name, shape) : mapped(stored, type);
  }

  /** A matrix [out, in] as [in, out]. */
  turned(type: 'float32' | 'float16', name: string, shape: readonly [number, number], part?: Part): Tensor {
    const [out, width] = shape;
    return this.write(type, [width, out], turned(this.find(name, shape, part), type));
  }

  /** The bias of a layer whose inputs all lack a constant. @see foldedBias */
  folded(type: 'float32' | 'float16', { weight, bias, constant, in: width, out }: FoldedLayer): Tensor {
    const parts = {
      bias: this.find(bias, [out]),
      weight: this.find(weight, [out, width]),
      constant: this.find(constant, [width]),
    };
    return this.write(type, [out], foldedBias(parts, type));
  }

  /** A tensor of the weights file. */
  write(type: ElementType, shape: readonly number[], recipe: Recipe): Tensor {
    const offset = Math.ceil(this.#bytes / ALIGNMENT) * ALIGNMENT;
    const length = shape.reduce((product, size) => product * size, elementBytes[type]);
    this.#writes.push({ offset, recipe });
    this.#bytes = offset + length;
    return externalTensor(type, shape, { location: WEIGHTS_FILE, offset, length });
  }

  /** Parts along the first axis lie one after the other. */
  #findPart(name: string, shape: readonly number[], { index, of }: Part): StoredTensor {
    const [rows = 0, ...others] = shape;
    const whole = this.find(name, [rows * of, ...others]);
    const length = whole.length / of;
    return { ...whole, name: `${name}.${index}`, shape, offset: whole.offset + index * length, length };
  }
}

function mapped({ file, offset, length, shape }: StoredTensor, type: ElementType): Tensor {
  return externalTensor(type, shape, { location: file, offset, length });
}

function show(shape: readonly number[]): string {
  return `[${shape.join(', ')}]`;
}
