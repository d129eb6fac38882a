import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { goldenDirectory } from '../../../test/support/golden.ts';
import { withHeader } from '../../../test/support/safetensors.ts';

const WEIGHTS = 'model.safetensors';
const PREFIX_BYTES = 8;

export interface HeaderEntry {
  dtype: string;
  shape: number[];
  data_offsets: [number, number];
}

type Header = Record<string, HeaderEntry>;

/** The weights of a checkpoint, open to be spoilt. */
export class CheckpointFile {
  readonly #path: string;
  readonly header: Header;
  data: Buffer;

  private constructor(path: string, header: Header, data: Buffer) {
    this.#path = path;
    this.header = header;
    this.data = data;
  }

  static async open(directory: string): Promise<CheckpointFile> {
    const path = join(directory, WEIGHTS);
    const file = await readFile(path);
    const dataAt = PREFIX_BYTES + Number(file.readBigUInt64LE());
    const header = JSON.parse(file.toString('utf8', PREFIX_BYTES, dataAt)) as Header;
    return new CheckpointFile(path, header, file.subarray(dataAt));
  }

  entry(name: string): HeaderEntry {
    const entry = this.header[name];
    if (entry === undefined)
      throw new Error(`the checkpoint has no tensor ${name}: ${Object.keys(this.header).join(', ')}`);
    return entry;
  }

  bytesOf(name: string): Buffer {
    return this.data.subarray(...this.entry(name).data_offsets);
  }

  /** Leaves a matrix only its first rows; nothing else in the file is wrong then. */
  shorten(name: string, rows: number): void {
    const { shape, data_offsets } = this.entry(name);
    const [begin, end] = data_offsets;
    const kept = begin + ((end - begin) / (shape[0] ?? 1)) * rows;
    this.data = Buffer.concat([this.data.subarray(0, kept), this.data.subarray(end)]);
    for (const entry of Object.values(this.header).filter((other) => 'data_offsets' in other)) {
      if (entry.data_offsets[0] >= end) {
        entry.data_offsets = entry.data_offsets.map((at) => at - (end - kept)) as [number, number];
      }
    }
    shape[0] = rows;
    data_offsets[1] = kept;
  }

  /** @param header instead of its own: any text */
  async write(header = JSON.stringify(this.header)): Promise<void> {
    await writeFile(this.#path, withHeader(header, this.data));
  }
}

/** What transformers says of a fixture's checkpoint; no part of the model. */
const TRUTH = 'expected.json';

/** What the model of a fixture is known to answer, as JSON. */
export async function truthOf(fixture: string): Promise<unknown> {
  return JSON.parse(await readFile(join(goldenDirectory(fixture), TRUTH), 'utf8'));
}

/** Copies a checkpoint of the test fixtures, of a few thousand weights and with everything that real ones have, and lets it be changed. */
export function spoilt(fixture: string, spoil: (directory: string) => Promise<unknown>) {
  return async (directory: string): Promise<void> => {
    await cp(goldenDirectory(fixture), directory, { recursive: true });
    await rm(join(directory, TRUTH));
    await spoil(directory);
  };
}

/** The same, for a change of the weights. */
export function spoiltWeights(change: (file: CheckpointFile) => string | undefined) {
  return spoilt('xlm-roberta', async (directory) => {
    const file = await CheckpointFile.open(directory);
    await file.write(change(file));
  });
}
