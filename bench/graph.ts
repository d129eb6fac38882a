/**
 * What rerankd's own graphs are worth: speed against the plain exported form, and what loading them takes.
 *
 *     npm run bench:graph -- [--checkpoint DIR | --size base|large] [--tokens 128] [--rounds 5] [--seconds 4] [--only speed|load|variants]
 *
 * On a card, the forms of the graph take turns instead: ms a batch and tokens/s of each.
 *
 *     npm run bench:graph -- --device cuda|webgpu [--forms 'packed;packed, fused'] [--batch-tokens 16384] [--rounds 5] [--json FILE] [--dry-run]
 *
 * Exit code 69 when there is no such card. Without --checkpoint it synthesizes one with XLM-RoBERTa's shape into a temporary directory. Linux only for memory figures.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { requestDefaults } from '../scripts/synthesize/request.ts';
import { writeCheckpoint } from '../scripts/synthesize/write-checkpoint.ts';
import { readProcessor } from '../src/platform/processor.ts';
import { NoCard, requireCard } from './card/machine/find-card.ts';
import { OptionsError, oneOf, scriptFlags, wholeNumber } from './flag-values.ts';
import { measureCardForms } from './graph/card-forms.ts';
import { compileForBench } from './graph/compile-for-bench.ts';
import { measureLoad } from './graph/load.ts';
import { measureSpeed } from './graph/speed.ts';
import { measureVariants } from './graph/variants.ts';

const HELP = `Usage: node bench/graph.ts [flags]

What rerankd's own graphs are worth: speed against the plain exported form, and what loading them takes.

  --checkpoint     directory; else one is synthesized
  --size           of that: tiny, base or large (base)
  --tokens         of each row (128)
  --rounds         in which the contenders take turns (5)
  --seconds        length of each measurement (4)
  --only           speed, load or variants
  --device         cpu, or cuda or webgpu: the forms of the graph take turns on a card (cpu)
  --forms          on a card, separated by semicolons, such as 'packed;packed, fused'
  --batch-tokens   on a card (16384)
  --json           on a card: file to write all figures to
  --dry-run        go on with a card that computes nothing; the figures mean nothing then

Exit code 69 when there is no such card, 78 when there is one that does not work, 2 when a flag can't be read.
`;

const values = scriptFlags(
  'bench:graph',
  {
    checkpoint: { type: 'string' },
    size: { type: 'string', default: 'base' },
    tokens: { type: 'string', default: '128' },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '4' },
    only: { type: 'string' },
    device: { type: 'string', default: 'cpu' },
    forms: { type: 'string' },
    'batch-tokens': { type: 'string', default: '16384' },
    json: { type: 'string' },
    'dry-run': { type: 'boolean', default: false },
  },
  HELP,
);

const scratch = await mkdtemp(join(tmpdir(), 'rerankd-bench-'));
try {
  const device = oneOf('device', values.device, ['cpu', 'cuda', 'webgpu']);
  if (device !== 'cpu') await requireCard(device, { anyDriver: values['dry-run'] });
  const checkpoint = values.checkpoint ?? (await synthesize(join(scratch, 'checkpoint')));
  if (device !== 'cpu') {
    const forms = {
      device,
      rounds: wholeNumber('rounds', values.rounds),
      forms: values.forms?.split(';'),
      batchTokens: wholeNumber('batch-tokens', values['batch-tokens']),
      jsonFile: values.json,
      isDryRun: values['dry-run'],
    };
    console.log(await measureCardForms(checkpoint, scratch, forms, note));
  } else await measureOnProcessor(checkpoint);
} catch (error) {
  if (!(error instanceof NoCard || error instanceof OptionsError)) throw error;
  console.error(`bench:graph: ${error.message}`);
  process.exitCode = error instanceof NoCard ? error.exitCode : 2;
} finally {
  await rm(scratch, { recursive: true, force: true });
}

async function measureOnProcessor(checkpoint: string): Promise<void> {
  console.log(`${cpus().length} × ${cpus()[0]?.model}, ${readProcessor().isa}, node ${process.version}`);
  const compiled = await compileForBench(checkpoint, join(scratch, 'state'), note);
  const [tokens, rounds, seconds] = [values.tokens, values.rounds, values.seconds].map(Number) as [
    number,
    number,
    number,
  ];
  const options = { tokens, rounds, seconds };
  const wanted = (part: string): boolean => values.only === undefined || values.only === part;
  if (wanted('speed')) console.log(await measureSpeed(compiled, options, note));
  if (wanted('variants'))
    console.log(await measureVariants(compiled, join(scratch, 'variants'), options, note));
  if (wanted('load')) console.log(await measureLoad(compiled.int8, note));
}

async function synthesize(directory: string): Promise<string> {
  const size = values.size === 'large' || values.size === 'tiny' ? values.size : 'base';
  note(`synthesizing XLM-RoBERTa ${size}`);
  await writeCheckpoint({ ...requestDefaults, architecture: 'xlm-roberta', size, directory });
  return directory;
}

function note(line: string): void {
  console.error(`… ${line}`);
}
