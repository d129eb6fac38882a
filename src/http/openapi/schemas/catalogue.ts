import { z } from 'zod';
import { operationReport, probationReport } from './operation.ts';

const digest = z
  .string()
  .regex(/^sha256:[0-9a-f]+$/)
  .describe('Of the content of the model');

const dtype = z.enum(['auto', 'fp32', 'fp16', 'int8']);

/** The model that serves. */
export const servingModel = z.object({
  model: z.string().describe('Its reference'),
  digest,
  generation: z.int().min(1).describe('Counts the models that this process has loaded'),
  device: z.enum(['cpu', 'cuda', 'webgpu']),
  dtype: z.enum(['as exported', 'fp32', 'fp16', 'int8']),
});

const entry = z.object({ model: z.string(), digest, dtype: dtype.optional() });
const dated = entry.extend({ since: z.iso.datetime() });

const changes = {
  operation: operationReport.nullable().describe('What is under way'),
  probation: probationReport.nullable(),
  standby: entry.nullable().describe('The model before, still loaded'),
  quarantined: z
    .array(dated.extend({ reason: z.string() }))
    .describe(
      'Models that were taken back, and do not serve again unless forced: in the form of `dtype` where the content was good in another one, else in any',
    ),
  unsaved: z.string().nullable().describe('Why the state could not be written; null when it was'),
};

export const modelsAnswer = z.object({
  current: servingModel.nullable(),
  history: z
    .array(dated.extend({ dtype, serves: z.boolean().describe('This is the one that serves') }))
    .describe('Good models, the newest first'),
  ...changes,
  available: z.array(z.string()).describe('References that an update could name'),
});

export const infoAnswer = z.object({
  model_id: z.string().nullable(),
  model_sha: z.string().nullable(),
  model_dtype: z.string().nullable(),
  model_type: z
    .object({
      reranker: z.object({
        id2label: z.record(z.string(), z.string()),
        label2id: z.record(z.string(), z.int()),
      }),
    })
    .describe('As text-embeddings-inference has it'),
  max_input_length: z.int().nullable().describe('Tokens of a pair of query and document'),
  max_client_batch_size: z.int().describe('Documents of a request'),
  max_batch_tokens: z.int(),
  version: z.string(),
  current: servingModel.nullable(),
  ...changes,
  engines: z.object({ ready: z.int().min(0), processes: z.array(z.int()).describe('Process ids') }),
  gpu: z
    .object({
      name: z.string().describe('Of the card'),
      total_bytes: z.int().min(0),
      free_bytes: z.int().min(0).describe('As it was within the last seconds'),
      model_bytes: z.int().min(0).nullable().describe('What the engines hold; null where it is not known'),
    })
    .nullable()
    .describe('Memory of the GPU; null on a CPU, and where no driver tells'),
  device_fallback: z
    .object({ from: z.string(), reason: z.string(), since: z.string() })
    .nullable()
    .describe(
      'The device that failed, in whose place the CPU serves (RERANK_GPU_FALLBACK=cpu); null while none did',
    ),
});
