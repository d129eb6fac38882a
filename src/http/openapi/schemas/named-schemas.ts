import { z } from 'zod';
import { documentSchema } from '../../dialects/document-text.ts';
import { querySchema } from '../../dialects/query-text.ts';
import { SCORE_FORMS, scoreRequest, scoreResponse } from '../../dialects/score.ts';
import { supersetRequest, supersetResponse } from '../../dialects/superset.ts';
import { teiRequest, teiResponse } from '../../dialects/tei.ts';
import { weaviateRequest, weaviateResponse } from '../../dialects/weaviate.ts';
import { bodyTimeout } from '../../request-timeout.ts';
import { metaResponse, modelCard, modelCards } from '../../routes/clients.ts';
import { compareSchema } from '../../routes/compare.ts';
import { preloadSchema, probationSchema, rollbackSchema, updateSchema } from '../../update-body.ts';
import { infoAnswer, modelsAnswer } from './catalogue.ts';
import { compareAnswer, statsAnswer } from './console.ts';
import { errorAnswer } from './error.ts';
import { acceptedAnswer, changeAnswer, operationReport, operationsAnswer } from './operation.ts';
import * as probes from './probes.ts';

/** What every request that scores may say besides the fields of its dialect. */
const timeout = { timeout_ms: bodyTimeout };

const requests = {
  Query: querySchema,
  Document: documentSchema,
  RerankRequest: supersetRequest
    .extend(timeout)
    .describe('Cohere, Jina, Voyage, vLLM, llama.cpp, LocalAI, Xinference, Infinity, Together, Milvus'),
  TeiRequest: teiRequest.extend(timeout).describe('text-embeddings-inference, Elasticsearch'),
  WeaviateRequest: weaviateRequest.extend(timeout).describe('Weaviate'),
  ScoreRequest: scoreRequest
    .extend(timeout)
    .meta({ anyOf: SCORE_FORMS.map((names) => ({ required: names })) }),
  CompareRequest: compareSchema,
  // Before it is validated, false becomes an object. JSON Schema knows only what is sent.
  UpdateRequest: updateSchema.extend({
    probation: z
      .union([z.literal(false), probationSchema])
      .nullish()
      .describe('How long the new model is watched in live traffic. false: not at all'),
  }),
  PreloadRequest: preloadSchema,
  RollbackRequest: rollbackSchema,
};

const answers = {
  RerankAnswer: supersetResponse,
  TeiAnswer: teiResponse,
  WeaviateAnswer: weaviateResponse,
  ScoreAnswer: scoreResponse,
  CompareAnswer: compareAnswer,
  ChangeAnswer: changeAnswer,
  AcceptedAnswer: acceptedAnswer,
  Operation: operationReport,
  Operations: operationsAnswer,
  StatsAnswer: statsAnswer,
  ModelsAnswer: modelsAnswer,
  InfoAnswer: infoAnswer,
  ModelCard: modelCard,
  ModelCards: modelCards,
  MetaAnswer: metaResponse,
  ClusterAuthAnswer: probes.clusterAuthAnswer,
  HealthyAnswer: probes.healthyAnswer,
  UnhealthyAnswer: probes.unhealthyAnswer,
  LiveAnswer: probes.liveAnswer,
  ReadyAnswer: probes.readyAnswer,
  NotReadyAnswer: probes.notReadyAnswer,
  StartedAnswer: probes.startedAnswer,
  StartingAnswer: probes.startingAnswer,
  Error: errorAnswer,
};

export type SchemaName = keyof typeof requests | keyof typeof answers;

/** A JSON Schema (2020-12) as it lies in the document. */
export type JsonSchema = Readonly<Record<string, unknown>>;

export function schemaPointer(name: SchemaName): string {
  return `#/components/schemas/${name}`;
}

/** The schemas that validate requests and type answers, as JSON Schemas that refer to each other. */
export function namedSchemas(): Readonly<Record<SchemaName, JsonSchema>> {
  const schemas = { ...inJson(requests, 'input'), ...inJson(answers, 'output') };
  return schemas as unknown as Record<SchemaName, JsonSchema>;
}

function inJson(schemas: Readonly<Record<string, z.ZodType>>, io: 'input' | 'output') {
  const registry = z.registry<{ readonly id: string }>();
  for (const [id, schema] of Object.entries(schemas)) registry.add(schema, { id });
  const { schemas: converted } = z.toJSONSchema(registry, {
    io,
    uri: (id) => schemaPointer(id as SchemaName),
    override: ({ jsonSchema }) => {
      if (io === 'output') loosen(jsonSchema);
    },
  });
  return Object.fromEntries(
    Object.entries(converted).map(([id, { $schema: _dialect, $id: _address, ...schema }]) => [id, schema]),
  );
}

/** Clients must bear new fields in an answer. And that a number is one that JavaScript can hold is no news to them. */
function loosen(schema: z.core.JSONSchema.BaseSchema): void {
  // The pattern of a date says no more than its format, and much longer.
  if (schema.format === 'date-time') delete schema.pattern;
  if (schema.additionalProperties === false) delete schema.additionalProperties;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
}
