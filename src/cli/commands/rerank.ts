import { z } from 'zod';
import { documentForms } from '../../commands/rerank/document.ts';
import type { RerankRequest } from '../../commands/rerank/rerank.ts';
import { listOf, oneOf } from '../../config/rules.ts';
import { type Config, ConfigError } from '../../config.ts';
import { systemClock } from '../../platform/clock.ts';
import type { CommandLine, Given } from '../command-line.ts';
import { readFlags, switchFlag, valueFlag, wholeFlag } from '../flags.ts';
import { isServerNamed, readServerAddress, urlFlag } from '../server-address.ts';
import { flagsOfSetting, settingNames, settingsIn } from '../setting-flags.ts';

const flags = z.object({
  query: valueFlag('TEXT', z.string(), 'what the documents should answer'),
  topN: valueFlag('N', wholeFlag(1), 'print the best N only'),
  scores: switchFlag('begin each line with the score, from 0 to 1, and a tab'),
  rawScores: switchFlag('logits instead of scores from 0 to 1'),
  lines: switchFlag('print the texts, one a line'),
  json: switchFlag('print a JSON list of objects with index and relevance_score'),
  jsonl: switchFlag('the same as JSON Lines'),
  inputFormat: valueFlag(
    'FORMAT',
    oneOf('auto', ...documentForms),
    'auto, lines, json or jsonl (default: auto, which looks at the documents)',
  ),
  field: valueFlag(
    'NAME',
    z.string(),
    'of objects: the fields with the text, such as title,body (default: text)',
  ),
  url: urlFlag,
  model: valueFlag('REF', z.string(), 'load this model here instead of asking a server', 'directory'),
});

export const rerankCommand: CommandLine = {
  name: 'rerank',
  summary: 'print documents in the order of their relevance to a query',
  about:
    'FILE has one document a line, or is a JSON list or JSON Lines of texts or objects such as {"text": "…"}, whose other fields are passed on; - or nothing is standard input. They are printed as they came in, the best first. A running server is asked; where none listens, and with --model, the model is loaded here, which takes seconds.',
  operands: [{ name: 'FILE', optional: true, completes: 'file' }],
  flags,
  settings: 'all',
  examples: [
    {
      command: 'grep -ri tide notes/ | rerankd rerank --query "what causes the tides?" --top-n 5',
      says: 'the five best lines',
    },
    {
      command: 'rerankd rerank --query "what causes the tides?" --jsonl --field title,body hits.jsonl',
      says: 'objects, with relevance_score added',
    },
  ],
  async run(given, { config, streams }) {
    const settings = config();
    const request = readRerankRequest(given, settings);
    const { rerank } = await import('../../commands/rerank/rerank.ts');
    await rerank(settings, request, { ...streams, clock: systemClock });
    return undefined;
  },
};

/**
 * Checks the flags of `rerankd rerank`.
 * @throws ConfigError that names the flag.
 */
function readRerankRequest(given: Given, config: Config): RerankRequest {
  const read = readFlags(flags, given.flags);
  const { query, topN, scores = false, rawScores = false, inputFormat = 'auto' } = read;
  if (query === undefined || query.trim() === '')
    throw new ConfigError('--query: what shall the documents answer?');
  const fields = listOf(read.field ?? 'text');
  if (fields.length === 0) throw new ConfigError('--field: must name a field, such as text');
  const outputForms = documentForms.filter((form) => read[form] === true);
  if (outputForms.length > 1)
    throw new ConfigError(`--${outputForms[0]}: choose between it and --${outputForms[1]}`);
  return {
    query,
    input: given.operands[0] ?? '-',
    inputForm: inputFormat,
    fields,
    // Whoever asks for scores in front of lines wants lines.
    outputForm: outputForms[0] ?? (scores ? 'lines' : undefined),
    topN,
    scores,
    rawScores,
    by: scorer(given, config, read.model),
  };
}

function scorer(given: Given, config: Config, model: string | undefined): RerankRequest['by'] {
  const isNamed = isServerNamed(given);
  if (model !== undefined) {
    if (isNamed)
      throw new ConfigError('--model: it is loaded here; a server (--url) answers with its own model');
    return { kind: 'model', reference: model };
  }
  const address = readServerAddress(given, config, 'api');
  if (!isNamed) return { kind: 'either', address, reference: config.model };
  const foreign = settingNames.find((name) => name in given.settings && !settingsIn('client').includes(name));
  if (foreign === undefined) return { kind: 'server', address };
  throw new ConfigError(
    `--${flagsOfSetting(foreign).at(-1)} is a setting of the server; "rerankd rerank" can't change it`,
  );
}
