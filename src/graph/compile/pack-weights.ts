import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Model } from '../onnx/model.ts';
import { formatPrepacked, type Prepacked, readPrepacked } from '../onnx/prepacked.ts';
import type { ExternalLocation, Tensor } from '../onnx/tensor.ts';
import { WEIGHTS_FILE } from '../weights/weight-plan.ts';
import { PACKED_WEIGHTS_FILE } from './files.ts';

export interface PackRequest {
  readonly directory: string;
  /** Name of the file with the weights that were written, before packing. */
  readonly unpacked: string;
  /** The model that ONNX Runtime saved with its packed weights. */
  readonly packed: Uint8Array;
}

/** Packed weights are mapped by pages. */
const PAGE = 4096;

const CHUNK = 4 * 2 ** 20;

/**
 * Writes the weights file anew, each weight followed by its packed forms.
 *
 * ONNX Runtime looks for a packed form in the file of the weight itself, and packs the weight once more at every load to
 * see that it is the same; so weights that the graph takes out of the checkpoint are copied here when they have one.
 * Everything else stays where it is.
 * @returns the model with the new places
 */
export async function packWeights(
  model: Model,
  { directory, unpacked, packed }: PackRequest,
): Promise<Model> {
  const prepacked = readPrepacked(packed);
  const files = new Map<string, FileHandle>();
  const source = async (name: string): Promise<FileHandle> => {
    const file = files.get(name) ?? (await open(join(directory, name), 'r'));
    files.set(name, file);
    return file;
  };
  const target = await open(join(directory, WEIGHTS_FILE), 'wx');
  let end = 0;
  const append = async (
    file: FileHandle,
    from: number,
    length: number,
    alignment: number,
  ): Promise<number> => {
    const offset = Math.ceil(end / alignment) * alignment;
    await copyRange(file, from, target, offset, length);
    end = offset + length;
    return offset;
  };
  const place = async (
    name: string,
    { location, offset, length }: ExternalLocation,
  ): Promise<ExternalLocation> => {
    const forms = prepacked.get(name) ?? [];
    if (location !== WEIGHTS_FILE && forms.length === 0) return { location, offset, length };
    const raw = await source(location === WEIGHTS_FILE ? unpacked : location);
    const rawAt = await append(raw, offset, length, 64);
    const entries: string[] = [];
    for (const form of forms) entries.push(formatPrepacked(await placeForm(form)));
    return { location: WEIGHTS_FILE, offset: rawAt, length, prepacked: entries };
  };
  const placeForm = async ({ key, blobs }: Prepacked): Promise<Prepacked> => {
    const placed: { offset: number; length: number }[] = [];
    for (const { offset, length } of blobs) {
      placed.push({ offset: await append(await source(PACKED_WEIGHTS_FILE), offset, length, PAGE), length });
    }
    return { key, blobs: placed };
  };
  try {
    const initializers = new Map<string, Tensor>();
    for (const [name, value] of model.graph.initializers) {
      const { data } = value;
      initializers.set(
        name,
        data instanceof Uint8Array ? value : { ...value, data: await place(name, data) },
      );
    }
    return { ...model, graph: { ...model.graph, initializers } };
  } finally {
    await target.close();
    for (const file of files.values()) await file.close();
  }
}

async function copyRange(
  source: FileHandle,
  from: number,
  target: FileHandle,
  to: number,
  length: number,
): Promise<void> {
  const buffer = Buffer.allocUnsafe(Math.min(CHUNK, length));
  for (let done = 0; done < length; ) {
    const { bytesRead } = await source.read(buffer, 0, Math.min(buffer.length, length - done), from + done);
    if (bytesRead === 0) throw new Error('a file of weights is shorter than its graph says');
    await target.write(buffer, 0, bytesRead, to + done);
    done += bytesRead;
  }
}
