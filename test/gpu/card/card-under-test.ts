import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Device } from '../../../src/engine/protocol.ts';
import { visibilityOf } from '../../../src/platform/memory/gpu/choose-card.ts';
import { nvidiaSmi } from '../../../src/platform/memory/gpu/nvidia-smi.ts';
import { readGpuMemory } from '../../../src/platform/memory/gpu-memory.ts';

const run = promisify(execFile);

/** Which card is tested, as test/gpu/run.ts has found it. */
export const device = (process.env['RERANK_TEST_DEVICE'] ?? 'cuda') as Exclude<Device, 'cpu'>;

export const PROVIDERS = { cuda: 'CUDAExecutionProvider', webgpu: 'WebGpuExecutionProvider' } as const;

/** What CUDA, Vulkan and ONNX Runtime read. */
export function cardEnvironment(): Record<string, string> {
  const wanted = /^(PATH|HOME|LD_LIBRARY_PATH|CUDA_.*|NVIDIA_.*|VK_.*|XDG_.*)$/;
  const entries = Object.entries(process.env).filter(
    ([name, value]) => value !== undefined && wanted.test(name),
  );
  return Object.fromEntries(entries) as Record<string, string>;
}

/** Sizes of `npm run checkpoint:synthesize`. RERANK_TEST_SIZES=tiny tries the tests themselves. */
export const sizes = (process.env['RERANK_TEST_SIZES'] ?? 'base,large').split(',');

/** The XLM-RoBERTa of this size with random weights, in a folder that is kept for the next time. @returns its parent and its name */
export async function synthesized(
  size: string,
  seed = 0,
): Promise<{ readonly root: string; readonly name: string }> {
  const root = join(tmpdir(), 'rerankd-test-checkpoints');
  const name = `xlm-roberta-${size}-${seed}`;
  const script = join(
    createRequire(import.meta.url).resolve('../../../package.json'),
    '../scripts/synthesize-checkpoint.ts',
  );
  const out = join(root, name);
  const args = [script, '--arch', 'xlm-roberta', '--size', size, '--seed', String(seed), '--out', out];
  // It appears when everything is in it.
  if (!existsSync(out)) await run(process.execPath, args);
  return { root, name };
}

/** Bytes of the card that are in use, by all programs; undefined where nvidia-smi does not tell. */
export async function cardUsedBytes(): Promise<number | undefined> {
  const env = cardEnvironment();
  const memory = await readGpuMemory([], { run: nvidiaSmi(env), visible: visibilityOf(device, env) });
  return memory?.usedBytes;
}
