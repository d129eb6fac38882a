import { spreadOf } from '../../../scripts/measuring/statistics.ts';
import type { Swap } from '../swaps.ts';
import type { CardMemory } from './card-memory.ts';
import type { MemoryGrowth } from './memory-growth.ts';
import { number } from './table.ts';

/** The total and each part of an update, in the order in which the server goes through them. */
export function swapRows(swaps: readonly Swap[]): string[][] {
  const parts = Object.keys(swaps[0]?.phases ?? {});
  const row = (name: string, valueOf: (swap: Swap) => number | undefined): string[] => {
    const { median, p99, max } = spreadOf(swaps.map((swap) => valueOf(swap) ?? Number.NaN));
    return [name, number(median), number(p99), number(max)];
  };
  return [
    ['one swap, ms', 'median', 'p99', 'max'],
    row('total', ({ totalMs }) => totalMs),
    ...parts.map((part) => row(`  ${part}`, ({ phases }) => phases[part])),
    row('write lock held', ({ lockHeldMs }) => lockHeldMs),
  ];
}

/** The memory of the process tree and of the main process, from when the server has settled to the last swap. */
export function memoryRows(memory: MemoryGrowth | undefined): string[][] {
  if (memory === undefined) return [['memory was not measured']];
  const { fromSwap, fromBytes, lastBytes, growth, bytesPerSwap, mainFromBytes, mainLastBytes } = memory;
  const mainGrowth = mainLastBytes / mainFromBytes - 1;
  return [
    ['memory, MiB', `swap ${fromSwap}`, 'last swap', 'a swap, fitted', 'growth'],
    ['all processes', mib(fromBytes), mib(lastBytes), mib(bytesPerSwap), percent(growth)],
    ['main process (RSS)', mib(mainFromBytes), mib(mainLastBytes), '', percent(mainGrowth)],
  ];
}

/** What is in use on the card, by all processes. */
export function cardMemoryRows({ beforeBytes, afterBytes, mostBytes, change }: CardMemory): string[][] {
  return [
    ['card memory, MiB', 'before', 'after', 'most', 'change'],
    ['all processes', mib(beforeBytes), mib(afterBytes), mib(mostBytes), percent(change)],
  ];
}

/** How long the pool of engines was not whole after each kill. */
export function recoveryRows(recoveriesMs: readonly number[]): string[][] {
  const { count, median, max } = spreadOf(recoveriesMs);
  return [
    ['killed engines', 'median', 'max'],
    [`whole again after, ms (${count} kills)`, number(median), number(max)],
  ];
}

function mib(bytes: number): string {
  return number(bytes / 2 ** 20);
}

function percent(share: number): string {
  return `${number(share * 100)} %`;
}
