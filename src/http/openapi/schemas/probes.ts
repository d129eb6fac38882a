import { z } from 'zod';

const reason = z.string().describe('Why not');

export const healthyAnswer = z.object({ status: z.literal('healthy'), model: z.string().nullable() });
export const unhealthyAnswer = z.object({
  status: z.literal('unhealthy'),
  model: z.string().nullable(),
  reason,
});
export const liveAnswer = z.object({ status: z.literal('live') });
export const readyAnswer = z.object({
  status: z.literal('ready'),
  remark: z
    .string()
    .optional()
    .describe('What is not as it should be all the same, such as a GPU that failed'),
});
export const notReadyAnswer = z.object({ status: z.literal('not ready'), reason });
export const startedAnswer = z.object({ status: z.literal('started') });
export const startingAnswer = z.object({ status: z.literal('starting') });
export const clusterAuthAnswer = z.object({ auth: z.literal(false) });
