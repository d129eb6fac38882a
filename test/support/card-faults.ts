import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Libraries of the CUDA runtime that compute nothing: scores are all the same, and everything else is as on a card. */
const card = process.env['RERANK_TEST_STUB_CARD'] ?? '';

/** For LD_LIBRARY_PATH. */
export const stubLibraries = join(card, 'lib');

const binding = join(
  dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json')),
  `bin/napi-v6/${process.platform}/${process.arch}`,
);

/** Why there is no stub card to test on; undefined where there is one. */
export const noStubCard: string | undefined = whyNot();

function whyNot(): string | undefined {
  if (card === '') return 'RERANK_TEST_STUB_CARD names no stub of the CUDA runtime';
  if (!existsSync(join(stubLibraries, 'libcudart.so.13'))) return `${stubLibraries} has no libcudart.so.13`;
  const provider = join(binding, 'libonnxruntime_providers_cuda.so');
  return existsSync(provider) ? undefined : `there is no ${provider}`;
}

/** Calls of the CUDA runtime that can be made to fail. */
export type CudaCall = 'launch' | 'malloc' | 'sync' | 'memcpy' | 'device';

/** What is wrong with a stub card. */
export class CardFaults {
  /** The environment of what runs on it. */
  readonly env: Readonly<Record<string, string>>;
  readonly #directory: string;

  /** @param directory empty, and of its own */
  constructor(directory: string) {
    this.#directory = directory;
    this.env = { CARD_FAULTS: directory };
  }

  /** From now on the call fails with this CUDA error, in all processes. */
  async break(call: CudaCall, error: number): Promise<void> {
    await writeFile(join(this.#directory, call), String(error));
  }

  async mend(call: CudaCall): Promise<void> {
    await rm(join(this.#directory, call), { force: true });
  }
}
