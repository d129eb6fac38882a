import type { ElementType } from './element-type.ts';
import type { Tensor } from './tensor.ts';

/** An ONNX model as plain data: the part of ModelProto that inference graphs need. */
export interface Model {
  /** Version of the file format itself, e.g. 8 for models of opset 18. */
  readonly irVersion: number;
  readonly producer: string;
  /** Operator set version of each domain; `''` is ai.onnx. */
  readonly opsets: Readonly<Record<string, number>>;
  readonly graph: Graph;
  /** Free text for readers: ModelProto.metadata_props. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** A graph: nodes in topological order, and the values that flow in and out. */
export interface Graph {
  readonly name: string;
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  readonly initializers: ReadonlyMap<string, Tensor>;
  readonly nodes: readonly Node[];
}

/** The type and shape of a graph's input or output; a dimension given by name is dynamic. */
export interface ValueInfo {
  readonly name: string;
  readonly type: ElementType;
  readonly dims: readonly (number | string)[];
}

/** One operator call. An empty input name leaves an optional input out. */
export interface Node {
  readonly name: string;
  readonly operator: string;
  /** `''` is ai.onnx. */
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Attributes;
}

/** A node's attributes by name. */
export type Attributes = Readonly<Record<string, Attribute>>;

/** One attribute value. JavaScript can't tell 1 from 1.0, so numbers say which of the two they are. */
export type Attribute =
  | { readonly int: number | bigint }
  | { readonly ints: readonly (number | bigint)[] }
  | { readonly float: number }
  | { readonly floats: readonly number[] }
  | { readonly string: string }
  | { readonly tensor: Tensor };
