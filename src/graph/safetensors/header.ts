import { open } from 'node:fs/promises';
import { z } from 'zod';
import { InvalidCheckpoint } from './invalid-checkpoint.ts';
import { findDuplicateKey } from './json-keys.ts';
import { type StoredTensor, type StoredType, storedTypeBytes } from './stored-tensor.ts';

/** The length of the header, little-endian, in front of it. */
const PREFIX_BYTES = 8;

/**
 * The format allows 100 MB. Parsing blocks the thread that serves HTTP, and the header of a model of a thousand tensors has a
 * tenth of a megabyte.
 */
export const MAX_HEADER_BYTES = 4 * 2 ** 20;

const MAX_DIMENSIONS = 8;

const LFS_POINTER = 'version https://git-lfs';

const size = z.int().nonnegative();

const entrySchema = z.strictObject({
  dtype: z.string(),
  shape: z.array(size).max(MAX_DIMENSIONS),
  data_offsets: z.tuple([size, size]),
});

const metadataSchema = z.record(z.string(), z.string());

/**
 * Reads the list of tensors of a safetensors file, and holds it against the format and the size of the file: whatever comes
 * back lies inside the file, has the length of its shape, overlaps with nothing, and leaves no byte out.
 *
 * Format: https://huggingface.co/docs/safetensors/index#format
 *
 * @param file the name to use in tensors and messages
 * @throws InvalidCheckpoint that names the file and what is wrong with it
 */
export async function readHeader(path: string, file: string): Promise<readonly StoredTensor[]> {
  const handle = await open(path, 'r');
  try {
    const info = await handle.stat();
    if (!info.isFile()) throw new InvalidCheckpoint(`${file} is not a regular file.`);
    const prefix = Buffer.alloc(PREFIX_BYTES);
    const { bytesRead } = await handle.read(prefix, 0, PREFIX_BYTES, 0);
    const length = headerLength(prefix.subarray(0, bytesRead), info.size, file);
    const header = Buffer.alloc(length);
    const read = await handle.read(header, 0, length, PREFIX_BYTES);
    if (read.bytesRead < length) throw truncated(file);
    return parseHeader(header, info.size, file);
  } finally {
    await handle.close();
  }
}

/**
 * @param prefix the first eight bytes of the file, or all there are
 * @throws InvalidCheckpoint
 */
export function headerLength(prefix: Uint8Array, fileBytes: number, file: string): number {
  if (fileBytes === 0) throw new InvalidCheckpoint(`${file} is empty.`);
  if (Buffer.from(prefix).toString('latin1') === LFS_POINTER.slice(0, PREFIX_BYTES)) {
    throw new InvalidCheckpoint(`${file} is a Git LFS pointer, not the file itself: run "git lfs pull".`);
  }
  if (prefix.length < PREFIX_BYTES) throw truncated(file);
  const length = new DataView(prefix.buffer, prefix.byteOffset).getBigUint64(0, true);
  if (length > BigInt(MAX_HEADER_BYTES)) {
    throw new InvalidCheckpoint(
      `${file} begins with a header of ${length} bytes; at most ${MAX_HEADER_BYTES} make sense. It is damaged, or no safetensors file.`,
    );
  }
  if (PREFIX_BYTES + Number(length) > fileBytes) throw truncated(file);
  return Number(length);
}

/**
 * @param header the JSON text in UTF-8
 * @param fileBytes size of the whole file
 * @throws InvalidCheckpoint
 */
export function parseHeader(header: Uint8Array, fileBytes: number, file: string): readonly StoredTensor[] {
  const dataAt = PREFIX_BYTES + header.length;
  const tensors: StoredTensor[] = [];
  for (const [name, entry] of Object.entries(parseJson(header, file))) {
    if (name === '__metadata__') {
      if (metadataSchema.safeParse(entry).success) continue;
      throw new InvalidCheckpoint(`${file}: its __metadata__ is not a map of strings.`);
    }
    tensors.push(parseEntry(name, entry, dataAt, file));
  }
  requireWholeFile(tensors, dataAt, fileBytes, file);
  return tensors;
}

function parseJson(header: Uint8Array, file: string): object {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(header);
    if (!text.startsWith('{')) throw new SyntaxError('it does not begin with "{"');
    const json = JSON.parse(text) as object;
    const duplicate = findDuplicateKey(text);
    if (duplicate !== undefined) throw new SyntaxError(`it gives "${clip(duplicate)}" twice`);
    return json;
  } catch (error) {
    throw new InvalidCheckpoint(`The header of ${file} can't be read: ${clip((error as Error).message)}.`, {
      cause: error,
    });
  }
}

function parseEntry(name: string, entry: unknown, dataAt: number, file: string): StoredTensor {
  const label = `Tensor "${clip(name)}" in ${file}`;
  const parsed = entrySchema.safeParse(entry);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new InvalidCheckpoint(`${label} is badly described: ${issue?.path.join('.')}: ${issue?.message}.`);
  }
  const { dtype, shape, data_offsets } = parsed.data;
  if (!Object.hasOwn(storedTypeBytes, dtype)) {
    throw new InvalidCheckpoint(`${label} is of the type "${clip(dtype)}", which rerankd does not know.`);
  }
  const type = dtype as StoredType;
  const [begin, end] = data_offsets;
  const length = shape.reduce((product, dim) => product * dim, storedTypeBytes[type]);
  if (end < begin || length !== end - begin) {
    throw new InvalidCheckpoint(
      `${label} has ${length} bytes by its shape [${shape.join(', ')}] of ${type}, but its data_offsets are ${begin} to ${end}.`,
    );
  }
  return { name, type, shape, file, offset: dataAt + begin, length };
}

/** Tensors follow each other without gaps up to the end of the file: the format demands it, so that nothing can hide. */
function requireWholeFile(
  tensors: readonly StoredTensor[],
  dataAt: number,
  fileBytes: number,
  file: string,
): void {
  let end = dataAt;
  for (const { name, offset, length } of tensors.toSorted(
    (a, b) => a.offset - b.offset || a.length - b.length,
  )) {
    if (offset < end)
      throw new InvalidCheckpoint(`Tensor "${clip(name)}" in ${file} overlaps with another one.`);
    if (offset > end) {
      throw new InvalidCheckpoint(
        `${file} has ${offset - end} bytes in front of tensor "${clip(name)}" that belong to no tensor.`,
      );
    }
    end = offset + length;
  }
  if (end > fileBytes) {
    throw new InvalidCheckpoint(
      `${file} is truncated: its tensors take ${end} bytes, and it has ${fileBytes}.`,
    );
  }
  if (end < fileBytes) {
    throw new InvalidCheckpoint(
      `${file} has ${fileBytes - end} bytes after its last tensor that belong to no tensor.`,
    );
  }
}

function truncated(file: string): InvalidCheckpoint {
  return new InvalidCheckpoint(`${file} is truncated: it ends inside its header.`);
}

function clip(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
