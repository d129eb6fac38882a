import { describe, expect, it } from 'vitest';
import type { Visibility } from '../../../../src/platform/memory/gpu/choose-card.ts';
import { parseCards, parseProcesses } from '../../../../src/platform/memory/gpu/parse-cards.ts';
import { type GpuMemory, readGpuMemory } from '../../../../src/platform/memory/gpu-memory.ts';
import * as texts from './nvidia-smi-texts.ts';

const MIB = 2 ** 20;
const { A, B } = texts.uuids;

interface Prints {
  readonly cards: string;
  readonly processes?: string;
  readonly visible?: Partial<Visibility>;
  readonly pids?: readonly number[];
}

/** Reads what a driver says. @returns the reason where it gives no figures. */
async function read({ cards, processes = '', visible, pids = [] }: Prints) {
  const run = async ([first = '']: readonly string[]): Promise<string> => {
    if (first.startsWith('--query-gpu=')) return cards;
    if (first.startsWith('--query-compute-apps=')) return processes;
    return first === '-L' ? texts.sliceList : texts.sliceXml;
  };
  let problem: string | undefined;
  const memory = await readGpuMemory(pids, {
    run,
    visible: { devices: undefined, order: undefined, ...visible },
    onProblem: (reason) => (problem = reason),
  });
  return memory ?? problem;
}

describe('what nvidia-smi lists', () => {
  it('is bytes of every card', () => {
    expect(parseCards(texts.mixed)).toEqual([
      {
        uuid: A,
        name: 'NVIDIA GeForce RTX 4080 SUPER',
        totalBytes: 16376 * MIB,
        usedBytes: 512 * MIB,
        freeBytes: 15463 * MIB,
        isSliced: false,
      },
      expect.objectContaining({ uuid: B, freeBytes: 24249 * MIB }),
    ]);
    expect(parseCards(texts.twins).map(({ usedBytes }) => usedBytes)).toEqual([MIB, 20000 * MIB]);
  });

  it('is no card where it complains instead', () => {
    for (const text of ['', texts.none, texts.mismatch, texts.noDriver]) expect(parseCards(text)).toEqual([]);
  });

  it('leaves out what the driver does not tell', () => {
    const unknown = { totalBytes: undefined, usedBytes: undefined, freeBytes: undefined };
    expect(parseCards(texts.shared)).toMatchObject([{ ...unknown, isSliced: false }]);
    expect(parseCards(texts.sliced)).toMatchObject([{ ...unknown, isSliced: true }]);
    expect(parseProcesses(texts.processesWithoutMemory)).toEqual([]);
    expect(parseProcesses('No running compute processes found\n')).toEqual([]);
  });

  it('is what each process holds on each card', () => {
    expect(parseProcesses(texts.processes)).toEqual([
      { cardUuid: A, pid: 4242, bytes: 1187 * MIB },
      { cardUuid: A, pid: 4300, bytes: 900 * MIB },
      { cardUuid: B, pid: 4300, bytes: 17 * MIB },
    ]);
  });
});

describe('the memory of the card that engines use', () => {
  it('is that of the only one, with its processes', async () => {
    expect(await read({ cards: texts.h100, processes: texts.processes })).toEqual({
      name: 'NVIDIA H100 80GB HBM3',
      totalBytes: 81559 * MIB,
      usedBytes: 1204 * MIB,
      freeBytes: 79876 * MIB,
      processes: new Map([
        [4242, 1187 * MIB],
        [4300, 900 * MIB],
      ]),
      cardUuid: A,
    });
  });

  it('is asked for alone once the card is sure to be that of the engines', async () => {
    const first = (await read({
      cards: texts.twins,
      processes: `${B}, 4242, 100\n`,
      pids: [4242],
    })) as GpuMemory;
    expect(first.cardUuid).toBe(B);
    const asked: string[] = [];
    const run = async (args: readonly string[]): Promise<string> => {
      asked.push(args.at(-1) ?? '');
      return texts.twins.split('\n').find((line) => line.includes(B)) ?? '';
    };
    const visible = { devices: undefined, order: undefined };
    expect(await readGpuMemory([], { run, visible, cardUuid: first.cardUuid })).toMatchObject({
      cardUuid: B,
    });
    expect(asked).toEqual([`--id=${B}`, `--id=${B}`]);
    // An index is no more than a guess, until an engine runs there.
    expect(await read({ cards: texts.twins, visible: { devices: '1' } })).not.toHaveProperty('cardUuid');
  });

  it('is that of the first one CUDA may see, by index or UUID', async () => {
    const free = async (devices: string | undefined) =>
      await read({ cards: texts.twins, visible: { devices } }).then(
        (memory) => typeof memory === 'object' && memory.freeBytes / MIB,
      );
    expect(await free(undefined)).toBe(45467);
    expect(await free('1,0')).toBe(25468);
    expect(await free(B)).toBe(25468);
    expect(await free('GPU-3583')).toBe(25468);
    expect(await free('7')).toBe(false);
  });

  it('is that of the one on which the engines are, whatever the settings say', async () => {
    const processes = `${B}, 4242, 100\n`;
    expect(await read({ cards: texts.mixed, processes, pids: [4242] })).toMatchObject({
      name: 'NVIDIA GeForce RTX 3090',
    });
  });

  it('can not be told by an index among cards of different kinds, which CUDA orders by speed', async () => {
    expect(await read({ cards: texts.mixed })).toMatch(/there are 2 cards.*CUDA_VISIBLE_DEVICES/);
    expect(await read({ cards: texts.mixed, visible: { devices: '1' } })).toMatch(/2 cards/);
    expect(await read({ cards: texts.mixed, visible: { devices: '1', order: 'PCI_BUS_ID' } })).toMatchObject({
      name: 'NVIDIA GeForce RTX 3090',
    });
  });

  it('is that of the slice of a card in MIG mode, the one that is named or the first', async () => {
    const slice = (free: number, used: number, name: string) =>
      expect.objectContaining({ name, freeBytes: free * MIB, usedBytes: used * MIB });
    expect(await read({ cards: texts.sliced })).toEqual(
      slice(40154, 37, 'NVIDIA A100-SXM4-80GB MIG 3g.40gb'),
    );
    const devices = 'MIG-cba663e8-9bed-5b25-b243-5985ef7c9beb';
    expect(await read({ cards: texts.sliced, visible: { devices } })).toEqual(
      slice(8528, 1200, 'NVIDIA A100-SXM4-80GB MIG 1g.10gb'),
    );
  });

  it('is not known where there is no card, or the driver does not tell', async () => {
    expect(await read({ cards: texts.none })).toBe('nvidia-smi lists no card');
    expect(await read({ cards: texts.shared })).toMatch(/does not tell how much/);
  });

  it('is known although the driver can not list processes', async () => {
    const run = async ([first = '']: readonly string[]): Promise<string> => {
      if (first.startsWith('--query-gpu=')) return texts.h100;
      throw new Error('Unknown Error');
    };
    const visible = { devices: undefined, order: undefined };
    expect(await readGpuMemory([1], { run, visible })).toMatchObject({ processes: new Map() });
  });

  it('is not known, and throws nothing, where nvidia-smi fails', async () => {
    const problems: string[] = [];
    const memory = await readGpuMemory([], {
      run: () => Promise.reject(new Error('nvidia-smi: Failed to initialize NVML')),
      visible: { devices: undefined, order: undefined },
      onProblem: (reason) => problems.push(reason),
    });
    expect(memory).toBeUndefined();
    expect(problems).toEqual(['nvidia-smi: Failed to initialize NVML']);
  });
});
