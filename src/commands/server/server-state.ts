import { z } from 'zod';
import { listOf, optional } from './lenient.ts';
import { operationSchema, probationSchema } from './operation.ts';

const modelSchema = z.object({ model: z.string(), digest: optional(z.string()) });

const infoSchema = z.object({
  version: optional(z.string()),
  current: optional(
    modelSchema.extend({
      generation: optional(z.number()),
      device: optional(z.string()),
      dtype: optional(z.string()),
    }),
  ),
  engines: optional(z.object({ ready: z.number(), processes: listOf(z.number()) })),
  operation: optional(operationSchema),
  probation: optional(probationSchema),
  quarantined: listOf(
    modelSchema.extend({
      dtype: optional(z.string()),
      reason: optional(z.string()),
      since: optional(z.string()),
    }),
  ),
  standby: optional(modelSchema),
  unsaved: optional(z.string()),
});

const modelsSchema = z.object({
  history: listOf(
    modelSchema.extend({
      since: optional(z.string()),
      dtype: optional(z.string()),
      serves: optional(z.boolean()),
    }),
  ),
  available: listOf(z.string()),
});

const healthSchema = z.object({
  status: optional(z.string()),
  reason: optional(z.string()),
  remark: optional(z.string()),
});

/** What the commands show of a server: its answers to GET /info, /models, /healthz and /readyz. */
export interface ServerState {
  readonly info: z.output<typeof infoSchema>;
  readonly models: z.output<typeof modelsSchema>;
  readonly health: z.output<typeof healthSchema>;
  readonly readiness: z.output<typeof healthSchema>;
}

/** The four answers as they came. */
export type RawServerState = Readonly<Record<keyof ServerState, unknown>>;

/** Takes what is there: older servers know less. */
export function readServerState({ info, models, health, readiness }: RawServerState): ServerState {
  return {
    info: infoSchema.parse(fields(info)),
    models: modelsSchema.parse(fields(models)),
    health: healthSchema.parse(fields(health)),
    readiness: healthSchema.parse(fields(readiness)),
  };
}

/** An answer that is no object at all has no fields either. */
function fields(answer: unknown): unknown {
  return typeof answer === 'object' && answer !== null && !Array.isArray(answer) ? answer : {};
}
