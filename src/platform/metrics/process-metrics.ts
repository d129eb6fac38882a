import { Counter, Gauge, type Registry } from 'prom-client';
import type { Observed } from './observed.ts';
import { startAtZero } from './start-at-zero.ts';

/** Why a process was started again, or could not be. */
export type RestartReason = 'device_lost' | 'out_of_memory' | 'hung' | 'ended';

const REASONS: readonly { readonly reason: RestartReason }[] = [
  { reason: 'device_lost' },
  { reason: 'out_of_memory' },
  { reason: 'hung' },
  { reason: 'ended' },
];

/** The processes that make up the server. */
export function processMetrics(registers: Registry[], observed: Observed) {
  const build = new Gauge({
    name: 'rerankd_build_info',
    help: 'Always 1; the label is the version of rerankd.',
    labelNames: ['version'] as const,
    registers,
  });
  build.set({ version: observed.version ?? 'unknown' }, 1);
  const memory = new Gauge({
    name: 'rerankd_memory_bytes',
    help: 'Memory that the processes hold for themselves, without mapped files: weights that engines share are not in it.',
    labelNames: ['process'] as const,
    registers,
    async collect() {
      // What can't be read must not cost the scrape.
      const read = (await observed.memory?.().catch(() => [])) ?? [];
      this.reset();
      for (const { process, bytes } of read) this.set({ process }, bytes);
    },
  });
  return {
    memory,
    engines: new Gauge({
      name: 'rerankd_engines_ready',
      help: 'Ready engine processes of the current model.',
      registers,
      collect() {
        this.set(observed.readyEngines());
      },
    }),
    deviceFallback: new Gauge({
      name: 'rerankd_device_fallback',
      help: '1 while the CPU serves in place of a GPU that failed (RERANK_GPU_FALLBACK=cpu), else 0.',
      registers,
      collect() {
        this.set(observed.hasFallenBack?.() === true ? 1 : 0);
      },
    }),
    engineRestarts: startAtZero(
      new Counter({
        name: 'rerankd_engine_restarts_total',
        help: 'Engine and tokenizer processes that ended unasked and were started again. reason: device_lost, out_of_memory, hung (no answer in time), ended (all else).',
        labelNames: ['reason'] as const,
        registers,
      }),
      REASONS,
    ),
    engineFailedStarts: startAtZero(
      new Counter({
        name: 'rerankd_engine_failed_starts_total',
        help: 'Times that an engine or tokenizer process could not be started again. reason as above.',
        labelNames: ['reason'] as const,
        registers,
      }),
      REASONS,
    ),
  };
}
