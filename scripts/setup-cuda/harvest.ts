import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { PROVIDER_FILES, type ProviderFile } from '../../src/platform/cuda/provider-files.ts';
import { isEscaping, type Wanted, wantedFor } from './archive-layout.ts';
import { SetupError } from './errors.ts';

/** The provider has 272 MB. */
const MAX_LIBRARY_BYTES = 2 ** 30;
const MAX_TEXT_BYTES = 2 ** 20;
/** A wheel has some hundred. */
const MAX_ENTRIES = 100_000;

export interface Entry {
  readonly path: string;
  readonly isFile: boolean;
  /** As the archive says; its reader holds it to that. */
  readonly bytes: number;
}

/** Takes what is wanted out of an archive, into a folder, under names of its own. */
export class Harvest {
  readonly #directory: string;
  readonly #archive: string;
  readonly #taken = new Set<ProviderFile>();
  #entries = 0;
  #version: string | undefined;

  /** @param archive its name, for messages */
  constructor(directory: string, archive: string) {
    this.#directory = directory;
    this.#archive = archive;
  }

  /** Of ONNX Runtime, as the archive says. */
  get version(): string | undefined {
    return this.#version;
  }

  /** What an entry is wanted for. @throws SetupError for one that no such archive has. */
  wants({ path: named, isFile, bytes }: Entry): Wanted | undefined {
    this.#entries += 1;
    if (this.#entries > MAX_ENTRIES) throw this.#refusal(`has more than ${MAX_ENTRIES} entries`);
    if (isEscaping(named)) throw this.#refusal(`has an entry that leads out of it: ${JSON.stringify(named)}`);
    const path = named.replace(/^(\.\/)+/, '');
    const wanted = wantedFor(path);
    if (wanted === undefined) return undefined;
    if (!isFile) throw this.#refusal(`has a ${path} that is no file`);
    const most = wanted.kind === 'library' ? MAX_LIBRARY_BYTES : MAX_TEXT_BYTES;
    if (bytes > most) throw this.#refusal(`has a ${path} of ${bytes} bytes; at most ${most} are read`);
    if (wanted.kind === 'library') {
      if (this.#taken.has(wanted.name)) throw this.#refusal(`has ${wanted.name} twice`);
      this.#taken.add(wanted.name);
    }
    return wanted;
  }

  /** Takes the content of an entry. */
  async take(wanted: Wanted, content: Readable): Promise<void> {
    if (wanted.kind === 'version') this.#version ??= wanted.read(await text(content));
    else await pipeline(content, createWriteStream(join(this.#directory, wanted.name), { flags: 'wx' }));
  }

  /** @throws SetupError when something was not in it. */
  checkComplete(): void {
    const missing = PROVIDER_FILES.filter((name) => !this.#taken.has(name));
    if (missing.length > 0) {
      throw this.#refusal(
        `has no ${missing.join(' and no ')} where a release archive, a wheel of onnxruntime-gpu or a NuGet package keeps it. Is it the GPU build for Linux x64?`,
      );
    }
  }

  #refusal(what: string): SetupError {
    return new SetupError(`${this.#archive} ${what}`);
  }
}
