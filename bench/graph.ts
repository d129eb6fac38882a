/**
 * What rerankd's own graphs are worth: speed against the plain exported form, and what loading them takes.
 *
 *     npm run bench:graph -- --size large --only speed
 *
 * On a card, the forms of the graph take turns instead: ms a batch and tokens/s of each.
 *
 *     npm run bench:graph -- --device cuda --forms 'packed;packed, fused'
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { anyText, filePath, given, oneOf, orNone, wholeNumber } from '../scripts/flags/kinds.ts';
import type { ValuesOf } from '../scripts/flags/read-flags.ts';
import { commandLine, runScript } from '../scripts/flags/run-script.ts';
import { requestDefaults } from '../scripts/synthesize/request.ts';
import { writeCheckpoint } from '../scripts/synthesize/write-checkpoint.ts';
import { readProcessor } from '../src/platform/processor.ts';
import { requireCard } from './card/machine/find-card.ts';
import { measureCardForms } from './graph/card-forms.ts';
import { compileForBench } from './graph/compile-for-bench.ts';
import { measureLoad } from './graph/load.ts';
import { measureSpeed } from './graph/speed.ts';
import { measureVariants } from './graph/variants.ts';

const manual = {
  usage: 'npm run bench:graph -- [flags]',
  about:
    "What rerankd's own graphs are worth: speed against the plain exported form, and what loading them takes.",
  flags: {
    checkpoint: { kind: orNone(filePath), help: 'directory; else one is synthesized' },
    size: {
      kind: oneOf(['tiny', 'base', 'large']),
      default: 'base',
      help: "of that, with XLM-RoBERTa's shape: tiny, base or large",
    },
    tokens: { kind: wholeNumber(), default: '128', help: 'of each row' },
    rounds: { kind: wholeNumber(), default: '5', help: 'in which the contenders take turns' },
    seconds: { kind: wholeNumber(), default: '4', help: 'length of each measurement' },
    only: { kind: orNone(oneOf(['speed', 'load', 'variants'])), help: 'speed, load or variants' },
    device: {
      kind: oneOf(['cpu', 'cuda', 'webgpu']),
      default: 'cpu',
      help: 'cpu, or cuda or webgpu: the forms of the graph take turns on a card',
    },
    forms: {
      kind: orNone(anyText),
      help: "on a card, separated by semicolons, such as 'packed;packed, fused'",
    },
    'batch-tokens': { kind: wholeNumber(), default: '16384', help: 'on a card' },
    json: { kind: orNone(filePath), help: 'on a card: file to write all figures to' },
    'dry-run': {
      kind: given,
      help: 'go on with a card that computes nothing; the figures mean nothing then',
    },
  },
  more: `Exit code 69 when there is no such card, 78 when there is one that does not work, 2 when a flag can't be read. Memory figures
are for Linux.`,
};

type Options = ValuesOf<typeof manual.flags>;

await runScript({ name: 'bench:graph', ...commandLine(manual), run: measure });

async function measure(options: Options): Promise<void> {
  const { device, rounds, forms } = options;
  const isDryRun = options['dry-run'];
  const scratch = await mkdtemp(join(tmpdir(), 'rerankd-bench-'));
  try {
    if (device !== 'cpu') await requireCard(device, { anyDriver: isDryRun });
    const checkpoint = options.checkpoint ?? (await synthesize(join(scratch, 'checkpoint'), options.size));
    if (device === 'cpu') return await measureOnProcessor(checkpoint, scratch, options);
    const onCard = {
      device,
      rounds,
      forms: forms?.split(';'),
      batchTokens: options['batch-tokens'],
      jsonFile: options.json,
      isDryRun,
    };
    console.log(await measureCardForms(checkpoint, scratch, onCard, note));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function measureOnProcessor(checkpoint: string, scratch: string, options: Options): Promise<void> {
  console.log(`${cpus().length} × ${cpus()[0]?.model}, ${readProcessor().isa}, node ${process.version}`);
  const compiled = await compileForBench(checkpoint, join(scratch, 'state'), note);
  const wanted = (part: string): boolean => options.only === undefined || options.only === part;
  if (wanted('speed')) console.log(await measureSpeed(compiled, options, note));
  if (wanted('variants'))
    console.log(await measureVariants(compiled, join(scratch, 'variants'), options, note));
  if (wanted('load')) console.log(await measureLoad(compiled.int8, note));
}

async function synthesize(directory: string, size: Options['size']): Promise<string> {
  note(`synthesizing XLM-RoBERTa ${size}`);
  await writeCheckpoint({ ...requestDefaults, architecture: 'xlm-roberta', size, directory });
  return directory;
}

function note(line: string): void {
  console.error(`… ${line}`);
}
