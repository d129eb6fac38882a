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
