import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { processTree } from '../../scripts/measuring/process-tree.ts';
import type { ServerApi } from './server/server-api.ts';

const POLL_MS = 50;

const RECOVERY_TIMEOUT_MS = 60_000;

export interface KillPlan {
  readonly count: number;
  readonly serverPid: number;
  readonly onKill: (done: number) => void;
}

/**
 * Kills engines, one after the other, each time waiting until the pool is whole again.
 * @returns how long each recovery took, in milliseconds.
 * @throws Error when the pool does not recover.
 */
export async function killEngines(api: ServerApi, { count, serverPid, onKill }: KillPlan): Promise<number[]> {
  const recoveriesMs: number[] = [];
  const { ready: whole } = await api.engines();
  while (recoveriesMs.length < count) {
    const { processes } = await api.engines();
    const victim = processes[recoveriesMs.length % processes.length];
    // Only what this server started, whatever it says.
    if (victim === undefined || !(await processTree(serverPid)).includes(victim)) {
      throw new Error('GET /info names no engine process of this server');
    }
    const startedAt = performance.now();
    process.kill(victim, 'SIGKILL');
    await untilWhole(api, victim, whole);
    recoveriesMs.push(performance.now() - startedAt);
    onKill(recoveriesMs.length);
  }
  return recoveriesMs;
}

async function untilWhole(api: ServerApi, victim: number, whole: number): Promise<void> {
  const giveUpAt = performance.now() + RECOVERY_TIMEOUT_MS;
  while (performance.now() < giveUpAt) {
    const { ready, processes } = await api.engines();
    if (ready === whole && !processes.includes(victim)) return;
    await delay(POLL_MS);
  }
  throw new Error(`the engines were not whole again ${RECOVERY_TIMEOUT_MS / 1000} s after one was killed`);
}
