import { z } from 'zod';
import { InvalidCheckpoint } from '../safetensors/invalid-checkpoint.ts';
import type { Architecture } from './architecture.ts';
import { bert } from './bert.ts';
import { debertaV2 } from './deberta-v2.ts';
import { distilbert } from './distilbert.ts';
import { electra } from './electra.ts';
import { modernbert } from './modernbert.ts';
import { parseConfig } from './parse-config.ts';
import { roberta } from './roberta.ts';

/** By the class names that transformers writes into `architectures`. */
const ARCHITECTURES: ReadonlyMap<string, Architecture> = new Map([
  ['BertForSequenceClassification', bert],
  ['DebertaV2ForSequenceClassification', debertaV2],
  ['DistilBertForSequenceClassification', distilbert],
  ['ElectraForSequenceClassification', electra],
  ['ModernBertForSequenceClassification', modernbert],
  ['RobertaForSequenceClassification', roberta],
  ['XLMRobertaForSequenceClassification', roberta],
]);

const schema = z.looseObject({ architectures: z.array(z.string()).nonempty() });

/** Whether a config.json is of an architecture that can be built from its weights. */
export function isKnownArchitecture(config: unknown): boolean {
  const { data } = schema.safeParse(config);
  return data?.architectures.some((name) => ARCHITECTURES.has(name)) ?? false;
}

/** @throws InvalidCheckpoint that names the architecture and lists the ones that are known */
export function findArchitecture(config: unknown): Architecture {
  const { architectures } = parseConfig(schema, config);
  for (const name of architectures) {
    const found = ARCHITECTURES.get(name);
    if (found !== undefined) return found;
  }
  throw new InvalidCheckpoint(
    `config.json: rerankd can't build "${architectures.join(', ')}" from its weights. It knows ${[...ARCHITECTURES.keys()].join(', ')}; others can be served from an ONNX export.`,
  );
}
