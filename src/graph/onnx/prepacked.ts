import { readFields } from './wire-reader.ts';

/** A kernel's own arrangement of a weight, as ONNX Runtime saves it beside the weight. */
export interface Prepacked {
  /** Which kernel made it, and a hash of what it made. */
  readonly key: string;
  readonly blobs: readonly Blob[];
}

interface Blob {
  readonly offset: number;
  readonly length: number;
}

const utf8 = new TextDecoder();

/**
 * Reads from an optimized model which weights were saved with prepacked forms, by name of the initializer.
 *
 * ONNX Runtime keeps them in TensorProto.external_data (field 13) under the keys prepacked_0, prepacked_1 …; a value is
 * `key|offset;length;checksum`, with one such triple for each buffer, in the file of the tensor itself
 * (session option session.save_external_prepacked_constant_initializers; core/framework/tensor_external_data_info.cc).
 */
export function readPrepacked(model: Uint8Array): Map<string, Prepacked[]> {
  const found = new Map<string, Prepacked[]>();
  for (const graph of messages(model, 7)) {
    for (const tensor of messages(graph, 5)) {
      const [name] = [...messages(tensor, 8)];
      const prepacked = [...messages(tensor, 13)].flatMap((entry) => {
        const [key, value] = [text(entry, 1), text(entry, 2)];
        return key.startsWith('prepacked_') ? [parseEntry(value)] : [];
      });
      if (name !== undefined && prepacked.length > 0) found.set(utf8.decode(name), prepacked);
    }
  }
  return found;
}

/** The inverse of what `readPrepacked` reads for one entry. */
export function formatPrepacked({ key, blobs }: Prepacked): string {
  return [key, ...blobs.map(({ offset, length }) => `${offset};${length};0`)].join('|');
}

function parseEntry(value: string): Prepacked {
  const [key = '', ...triples] = value.split('|');
  const blobs = triples.map((triple) => {
    const [offset, length] = triple.split(';').map(Number);
    if (!Number.isSafeInteger(offset) || !Number.isSafeInteger(length)) {
      throw new RangeError(`"${value}" is not an entry for a prepacked weight`);
    }
    return { offset: offset as number, length: length as number };
  });
  return { key, blobs };
}

function* messages(message: Uint8Array, field: number): Generator<Uint8Array> {
  for (const entry of readFields(message)) {
    if (entry.field === field && 'bytes' in entry) yield entry.bytes;
  }
}

function text(message: Uint8Array, field: number): string {
  const [bytes] = [...messages(message, field)];
  return bytes === undefined ? '' : utf8.decode(bytes);
}
