import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { libraryOf, trivialStubs } from '../support/stub-card/imports.ts';
import { CUDA_ERRORS, findStubCard, StubCard, type StubCardOptions } from '../support/stub-card/stub-card.ts';
import { tryDevice } from './try-device.ts';

const { library = '', missing } = await findStubCard();
const MIB = 2 ** 20;

describe('the list of what a provider imports', () => {
  const linked = [
    '                 U __cudaRegisterVar@libcudart.so.13',
    '                 U cuTensorMapEncodeTiled',
    '                 U cublasCreate_v2@libcublas.so.13',
    '                 U memcpy@GLIBC_2.14',
  ].join('\n');
  const imports = {
    linked,
    opened: '\0cudnnCreate\0no cudnnCreate(x)\0cudnnGetErrorString\0cuModuleUnload\0',
  };

  it('goes by the version that a name is looked for under', () => {
    expect(libraryOf('libcudart.so.13', imports)).toEqual({
      name: 'libcudart.so.13',
      symbols: ['__cudaRegisterVar'],
      isVersioned: true,
    });
    expect(libraryOf('libcurand.so.10', imports).symbols).toEqual([]);
  });

  it('has the names that are looked for while it runs', () => {
    expect(libraryOf('libcudnn.so.9', imports).symbols).toEqual(['cudnnCreate', 'cudnnGetErrorString']);
    expect(libraryOf('libcuda.so.1', imports).symbols).toEqual(['cuModuleUnload', 'cuTensorMapEncodeTiled']);
  });

  it('becomes functions that succeed', () => {
    const source = trivialStubs(['cublasCreate_v2', 'cublasGetStatusName', 'cublasSetStream_v2']);
    expect(source).toContain('int cublasCreate_v2(void **made)');
    expect(source).toContain('const char *cublasGetStatusName(void)');
    expect(source).toContain('int cublasSetStream_v2(void)');
  });
});

describe.skipIf(missing)(`the stub card${missing ? ` (not here: ${missing})` : ''}`, () => {
  const makeCard = (options?: StubCardOptions): Promise<StubCard> => StubCard.make(library, options);
  const tryCuda = (card: StubCard): Promise<string | undefined> =>
    tryDevice('cuda', { HOME: process.env['HOME'], ...card.env });

  it('is one on which a session can be made', async () => {
    const card = await makeCard({ isLogging: true });
    expect(await tryCuda(card)).toBeUndefined();
    expect((await card.calls()).map(({ what }) => what)).toContain('call');
  });

  it.each([
    ['noDevice', /no CUDA-capable device is detected/],
    ['devicesUnavailable', /busy or unavailable/],
    ['uncorrectableEcc', /uncorrectable ECC error/],
  ] as const)('fails with %s when it is told to', async (name, words) => {
    const card = await makeCard();
    await card.breakDown('device', CUDA_ERRORS[name]);
    expect(await tryCuda(card)).toMatch(words);
    await card.repair('device');
    expect(await tryCuda(card)).toBeUndefined();
  });

  it('fails once, when it is told to', async () => {
    const card = await makeCard();
    await card.breakDown('device', CUDA_ERRORS.noDevice, true);
    expect(await tryCuda(card)).toMatch(/no CUDA-capable device/);
    expect(await tryCuda(card)).toBeUndefined();
  });

  it('has an nvidia-smi that knows what living processes have on it', async () => {
    const card = await makeCard({ bytes: 1024 * MIB });
    const folder = card.env['CUDA_STUB_USE'] as string;
    await writeFile(join(folder, String(process.pid)), `${100 * MIB} ${200 * MIB}\n`);
    // No process has this id: Linux gives none above 4194304.
    await writeFile(join(folder, '4194305'), `${300 * MIB} ${300 * MIB}\n`);
    const ask = async (query: string): Promise<string> => {
      const args = [query, '--format=csv,noheader,nounits'];
      return (await promisify(execFile)('nvidia-smi', args, { env: { ...card.env } })).stdout.trim();
    };
    expect(await ask('--query-gpu=name,memory.total,memory.used,memory.free')).toBe('Stub, 1024, 100, 924');
    expect(await ask('--query-compute-apps=pid,used_memory')).toBe(`${process.pid}, 100`);
    expect([...(await card.memory()).values()]).toEqual([{ used: 100 * MIB, peak: 200 * MIB }]);
  });
});
