import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readLinkage } from '../../../src/platform/cuda/linkage.ts';
import { elf } from '../../support/provider/elf.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

describe('the linkage of a library', () => {
  it.runIf(process.platform === 'linux')('is read from a real one', async () => {
    expect((await readLinkage(process.execPath)).needed).toContain('libc.so.6');
  });

  it('names the processor, and the libraries in their order', async () => {
    const path = join(await temporaryDirectory(), 'x.so');
    await writeFile(path, elf(['libb.so.2', 'liba.so.1'], { machine: 183 }));
    expect(await readLinkage(path)).toEqual({ machine: 183, needed: ['libb.so.2', 'liba.so.1'] });
  });

  it('is refused of what is no library, or cut short', async () => {
    await expect(readLinkage(fileURLToPath(import.meta.url))).rejects.toThrow(/no 64-bit little-endian ELF/);
    const path = join(await temporaryDirectory(), 'x.so');
    await writeFile(path, elf(['liba.so.1']).subarray(0, 100));
    await expect(readLinkage(path)).rejects.toThrow(/cut short/);
  });
});
