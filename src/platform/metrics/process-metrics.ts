import { Counter, Gauge, type Registry } from 'prom-client';
import type { Observed } from './observed.ts';

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
    engineRestarts: new Counter({
      name: 'rerankd_engine_restarts_total',
      help: 'Engine and tokenizer processes that ended unasked and were started again.',
      registers,
    }),
  };
}
