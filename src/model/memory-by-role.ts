import { readOwnMemory, readProcessMemory } from '../platform/memory/process-memory.ts';
import type { Generation } from './generation.ts';

/** What this process, the engines and the tokenizer of a model hold for themselves, without mapped files. */
export async function readMemoryByRole(generation: Pick<Generation, 'pids' | 'enginePids'> | undefined) {
  const enginePids = generation?.enginePids ?? [];
  const tokenizerPids = (generation?.pids ?? []).filter((pid) => !enginePids.includes(pid));
  const [server, engines, tokenizer] = await Promise.all([
    readOwnMemory(),
    readProcessMemory(enginePids),
    readProcessMemory(tokenizerPids),
  ]);
  return [
    { process: 'server', bytes: server.ownBytes },
    { process: 'engines', bytes: engines.ownBytes },
    { process: 'tokenizer', bytes: tokenizer.ownBytes },
  ];
}

/** What the card has, and what the engines of a model hold of it; undefined on a CPU, and where no driver tells. */
export async function readGpuByRole(generation: Pick<Generation, 'gpu' | 'identity'> | undefined) {
  const onCard = await generation?.gpu?.look();
  if (generation === undefined || onCard === undefined) return undefined;
  const { name, totalBytes, usedBytes, freeBytes } = onCard.card;
  const { device } = generation.identity;
  return { device, name, totalBytes, usedBytes, freeBytes, engineBytes: onCard.heldBytes };
}
