import { type FileHandle, open } from 'node:fs/promises';

/** The file is not an ONNX model, or only part of one. The message completes "model.onnx can't be read: …". */
export class MalformedOnnx extends Error {
  override readonly name = 'MalformedOnnx';
}

/** Messages of onnx.proto3 on the way from a model to its tensors: field number → message inside. */
const CHILDREN: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  ModelProto: { 7: 'GraphProto' },
  GraphProto: { 1: 'NodeProto', 5: 'TensorProto' },
  NodeProto: { 5: 'AttributeProto' },
  AttributeProto: { 5: 'TensorProto', 6: 'GraphProto', 10: 'TensorProto', 11: 'GraphProto' },
  TensorProto: { 13: 'StringStringEntryProto' },
};

const MAX_DEPTH = 32;
const MAX_FILES = 4096;
const WINDOW_BYTES = 64 * 1024;
const LONGEST_ENTRY_BYTES = 4096;

/**
 * Lists the files in which an ONNX model keeps its weights, as their paths stand in the model (onnx.proto3,
 * TensorProto.external_data, key "location"). Weights inside the model are skipped, not read.
 * @throws MalformedOnnx for what is not a whole protobuf message with a graph.
 */
export async function listExternalData(path: string): Promise<string[]> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const scanner = new Scanner(file);
    await scanner.scan('ModelProto', 0, size, 0);
    if (!scanner.hasGraph) throw new MalformedOnnx('it holds no graph');
    return [...scanner.locations];
  } finally {
    await file.close();
  }
}

/** Walks protobuf fields with one small window on the file, whatever the size of the weights. */
class Scanner {
  readonly locations = new Set<string>();
  hasGraph = false;
  readonly #file: FileHandle;
  readonly #window = Buffer.alloc(WINDOW_BYTES);
  #windowAt = 0;
  #windowBytes = 0;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  async scan(message: string, from: number, to: number, depth: number): Promise<void> {
    if (depth > MAX_DEPTH) throw new MalformedOnnx('its graphs are nested too deeply');
    let at = from;
    while (at < to) {
      const tag = await this.#varint(at, to);
      const field = Math.floor(tag.value / 8);
      const value = await this.#valueOf(tag.value % 8, tag.end, to);
      const child = value.isMessage ? CHILDREN[message]?.[field] : undefined;
      if (child === 'StringStringEntryProto') await this.#entry(value.from, value.to);
      else if (child !== undefined) await this.scan(child, value.from, value.to, depth + 1);
      if (child === 'GraphProto') this.hasGraph = true;
      at = value.to;
    }
  }

  /** Wire types of the protobuf encoding: 0 varint, 1 eight bytes, 2 length-delimited, 5 four bytes. */
  async #valueOf(
    wireType: number,
    at: number,
    to: number,
  ): Promise<{ from: number; to: number; isMessage: boolean }> {
    let range: { from: number; to: number; isMessage: boolean };
    if (wireType === 0) range = { from: at, to: (await this.#varint(at, to)).end, isMessage: false };
    else if (wireType === 1) range = { from: at, to: at + 8, isMessage: false };
    else if (wireType === 5) range = { from: at, to: at + 4, isMessage: false };
    else if (wireType === 2) {
      const length = await this.#varint(at, to);
      range = { from: length.end, to: length.end + length.value, isMessage: true };
    } else throw new MalformedOnnx('it is not an ONNX model, or it is damaged');
    if (range.to > to) throw new MalformedOnnx('it ends in the middle: the file is truncated or damaged');
    return range;
  }

  async #entry(from: number, to: number): Promise<void> {
    if (to - from > LONGEST_ENTRY_BYTES)
      throw new MalformedOnnx('the name of an external data file is too long');
    const strings = new Map<number, string>();
    let at = from;
    while (at < to) {
      const tag = await this.#varint(at, to);
      const value = await this.#valueOf(tag.value % 8, tag.end, to);
      if (value.isMessage) strings.set(Math.floor(tag.value / 8), await this.#text(value.from, value.to));
      at = value.to;
    }
    if (strings.get(1) === 'location') this.locations.add(strings.get(2) ?? '');
    if (this.locations.size > MAX_FILES) throw new MalformedOnnx('it refers to too many external data files');
  }

  /** Numbers beyond 2^53 only stand where lengths can't: they lose digits here and nobody looks at them. */
  async #varint(at: number, to: number): Promise<{ value: number; end: number }> {
    await this.#bring(at, 10);
    let value = 0;
    for (let index = 0; index < 10; index++) {
      const offset = at - this.#windowAt + index;
      if (at + index >= to || offset >= this.#windowBytes) break;
      const byte = this.#window[offset] ?? 0;
      value += (byte & 0x7f) * 2 ** (7 * index);
      if (byte < 0x80) return { value, end: at + index + 1 };
    }
    throw new MalformedOnnx('it ends in the middle: the file is truncated or damaged');
  }

  async #text(from: number, to: number): Promise<string> {
    await this.#bring(from, to - from);
    return this.#window.toString('utf8', from - this.#windowAt, to - this.#windowAt);
  }

  async #bring(at: number, bytes: number): Promise<void> {
    const isHere = at >= this.#windowAt && at + bytes <= this.#windowAt + this.#windowBytes;
    if (isHere) return;
    this.#windowAt = at;
    this.#windowBytes = (await this.#file.read(this.#window, 0, WINDOW_BYTES, at)).bytesRead;
  }
}
