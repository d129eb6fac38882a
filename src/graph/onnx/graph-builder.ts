import type { ElementType } from './element-type.ts';
import type { Attributes, Graph, Node, ValueInfo } from './model.ts';
import { type Tensor, tensor } from './tensor.ts';

/** The name of a value that flows between nodes. */
export type Value = string;

/** Settings of a node that are rarely needed. */
export interface NodeOptions {
  readonly attributes?: Attributes;
  /** Operator domain; ai.onnx when left out. */
  readonly domain?: string;
  /** The name of the (first) output; made up from the operator when left out. */
  readonly name?: string;
}

/** Collects a graph node by node. Names are made up in call order, so equal calls give equal graphs. */
export class GraphBuilder {
  readonly #name: string;
  readonly #inputs: ValueInfo[] = [];
  readonly #outputs: ValueInfo[] = [];
  readonly #initializers = new Map<string, Tensor>();
  readonly #nodes: Node[] = [];
  readonly #names = new Set<string>();
  readonly #scalars = new Map<string, Value>();

  constructor(name: string) {
    this.#name = name;
  }

  /** A graph input; dimensions given by name are dynamic. */
  input(name: string, type: ElementType, dims: readonly (number | string)[]): Value {
    this.#inputs.push({ name: this.#claim(name), type, dims });
    return name;
  }

  /** Makes a value a graph output under its own name. */
  output(value: Value, type: ElementType, dims: readonly (number | string)[]): void {
    this.#outputs.push({ name: value, type, dims });
  }

  /** A constant tensor. */
  initializer(name: string, value: Tensor): Value {
    this.#initializers.set(this.#claim(name), value);
    return name;
  }

  /** A constant scalar, stored once for each type and number. */
  scalar(type: ElementType, value: number): Value {
    return this.#shared(`${type}_${value}`, () => tensor(type, [], [value]));
  }

  /** A constant int64 vector, such as the axes of a reduction, stored once for each content. */
  integers(...values: readonly number[]): Value {
    return this.#shared(`integers_${values.join('_')}`, () => tensor('int64', [values.length], values));
  }

  /** A node with one output. */
  node(operator: string, inputs: readonly Value[], options: NodeOptions = {}): Value {
    const [output] = this.nodeWithOutputs(operator, inputs, 1, options);
    return output as Value;
  }

  /** A node with several outputs, in the operator's order. */
  nodeWithOutputs(
    operator: string,
    inputs: readonly Value[],
    count: number,
    options: NodeOptions = {},
  ): Value[] {
    const name = options.name === undefined ? this.#claimNumbered(operator) : this.#claim(options.name);
    const outputs = Array.from({ length: count }, (_, index) =>
      index === 0 ? name : this.#claim(`${name}_${index}`),
    );
    const { attributes = {}, domain = '' } = options;
    this.#nodes.push({ name, operator, domain, inputs, outputs, attributes });
    return outputs;
  }

  /** The graph so far. */
  build(): Graph {
    return {
      name: this.#name,
      inputs: [...this.#inputs],
      outputs: [...this.#outputs],
      initializers: new Map(this.#initializers),
      nodes: [...this.#nodes],
    };
  }

  #shared(name: string, create: () => Tensor): Value {
    const known = this.#scalars.get(name);
    if (known !== undefined) return known;
    this.#scalars.set(name, name);
    return this.initializer(name, create());
  }

  /** @throws Error when the name is taken: ONNX values are assigned once */
  #claim(name: string): string {
    if (this.#names.has(name)) throw new Error(`the graph already has a value named ${name}`);
    this.#names.add(name);
    return name;
  }

  #claimNumbered(operator: string): string {
    let number = this.#nodes.length;
    while (this.#names.has(`${operator}_${number}`)) number++;
    return this.#claim(`${operator}_${number}`);
  }
}
