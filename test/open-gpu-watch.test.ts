import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openGpuWatch } from '../src/open-gpu-watch.ts';
import type { GpuMemory } from '../src/platform/memory/gpu-memory.ts';
import { mixed, twins } from './platform/memory/gpu/nvidia-smi-texts.ts';
import { scratchDirectory } from './support/directories.ts';
import { LogBook } from './support/log-book.ts';
import { ManualClock } from './support/manual-clock.ts';

/** What a server sees that has these cards and settings. */
async function seen(
  device: 'auto' | 'cuda' | 'webgpu',
  cards: string,
  env: Readonly<Record<string, string>> = {},
): Promise<{ memory: GpuMemory | undefined; log: LogBook }> {
  await using directory = await scratchDirectory();
  const program = join(directory.path, 'nvidia-smi');
  await writeFile(program, `#!/bin/sh\ncase $1 in --query-gpu*) cat <<'END'\n${cards}END\nesac\n`);
  await chmod(program, 0o755);
  const log = new LogBook();
  const childEnv = { PATH: `${directory.path}:${process.env['PATH']}`, ...env };
  const watch = openGpuWatch(device, { childEnv, clock: new ManualClock(), logger: log.logger });
  return { memory: await watch?.read([]), log };
}

describe('the card whose memory counts', () => {
  it('is the one that the environment of the engines names', async () => {
    const env = { CUDA_VISIBLE_DEVICES: '1', CUDA_DEVICE_ORDER: 'PCI_BUS_ID' };
    expect((await seen('cuda', mixed, env)).memory?.name).toBe('NVIDIA GeForce RTX 3090');
    expect((await seen('auto', twins)).memory?.usedBytes).toBe(2 ** 20);
  });

  it('is not known with Vulkan where there are several, and the log says so', async () => {
    const { memory, log } = await seen('webgpu', twins);
    expect(memory).toBeUndefined();
    expect(log.find(/GPU memory can't be read.*there are 2 cards/)).toBeDefined();
    const [only = ''] = mixed.split(/(?<=\n)/);
    expect((await seen('webgpu', only)).memory?.name).toBe('NVIDIA GeForce RTX 4080 SUPER');
  });

  it('is none on a CPU', () => {
    const parts = { childEnv: {}, clock: new ManualClock(), logger: new LogBook().logger };
    expect(openGpuWatch('cpu', parts)).toBeUndefined();
  });
});
