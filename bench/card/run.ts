import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeMachine, type MachineFacts, readMachine } from '../serve/report/machine.ts';
import { tidyJson } from '../serve/report/tidy-json.ts';
import { withWorkDirectory } from '../serve/with-work-directory.ts';
import { prepareCheckpoint } from '../serve/workload/checkpoint.ts';
import { Workload } from '../serve/workload/workload.ts';
import { requireCard } from './machine/find-card.ts';
import { type CardFacts, readCardFacts } from './machine/nvidia-smi.ts';
import { readShape } from './model-flop.ts';
import type { CardOptions, CardPart, CardSize } from './options.ts';
import { type AgreementFindings, measureAgreement } from './parts/agreement.ts';
import type { CardContext, CardModel } from './parts/context.ts';
import { type MatmulFindings, measureMatmul } from './parts/matmul.ts';
import { compileForCard } from './parts/prepare.ts';
import { measureSingle, type SingleFindings } from './parts/single.ts';
import { measureThroughput, type ThroughputFindings } from './parts/throughput.ts';
import { TorchBaseline } from './torch/torch-baseline.ts';

export interface CardResults {
  readonly machine: MachineFacts;
  /** What nvidia-smi says before anything runs; undefined where it is not there. */
  readonly card: CardFacts | undefined;
  readonly torch: Readonly<Record<string, unknown>> | undefined;
  readonly isDryRun: boolean;
  readonly matmul: MatmulFindings | undefined;
  readonly throughput: readonly ThroughputFindings[];
  readonly single: readonly SingleFindings[];
  readonly agreement: readonly AgreementFindings[];
  /** What went wrong, each once. */
  readonly faults: readonly string[];
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * Measures what was asked for. A part that fails loses its figures; the others go on.
 * @throws NoCard; the signal's reason; Error when a model can't be made.
 */
export async function runCardBench(
  options: CardOptions,
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<CardResults> {
  await requireCard(options.device, { anyDriver: options.isDryRun, python: options.python });
  return await withWorkDirectory(options.work, async (directory) => {
    const [machine, card] = await Promise.all([readMachine(), readCardFacts(options.device)]);
    say(`${describeMachine(machine)}; ${card === undefined ? 'no nvidia-smi' : card['name']}`);
    const faults: string[] = [];
    await using torch = await startTorch(options, directory, faults, signal);
    const context: CardContext = { options, directory, torch, signal, say };
    const models: CardModel[] = [];
    for (const size of options.sizes) models.push(await prepare(size, context));
    const results: Mutable<CardResults> = {
      machine,
      card,
      torch: torch?.facts,
      isDryRun: options.isDryRun,
      matmul: undefined,
      throughput: [],
      single: [],
      agreement: [],
      faults,
    };
    const keep = async (found: Partial<CardResults>): Promise<void> => {
      Object.assign(results, found);
      if (options.jsonFile !== undefined) await writeFile(options.jsonFile, tidyJson(results));
    };
    const attempt = async (part: CardPart, what: string, work: () => Promise<void>): Promise<void> => {
      if (!options.only.includes(part)) return;
      try {
        await work();
      } catch (error) {
        signal.throwIfAborted();
        faults.push(`${part}${what}: ${(error as Error).message}`);
        say(faults.at(-1) as string);
        await keep({});
      }
    };
    await attempt('matmul', '', async () => keep({ matmul: await measureMatmul(models, context) }));
    const rate = results.matmul?.reference ?? Number.NaN;
    // The largest first: it is what most is asked of, and time may run out.
    for (const model of models.toReversed()) {
      const what = `, ${model.size}`;
      await attempt('prepare', what, () => compileForCard(model, context));
      const [throughput, single, agreement] = [results.throughput, results.single, results.agreement];
      await attempt('throughput', what, () =>
        measureThroughput(model, rate, context, (found) => keep({ throughput: [...throughput, found] })),
      );
      await attempt('single', what, async () =>
        keep({ single: [...single, await measureSingle(model, context)] }),
      );
      await attempt('agreement', what, () =>
        measureAgreement(model, context, (found) => keep({ agreement: [...agreement, found] })),
      );
    }
    await keep({});
    return results;
  });
}

async function startTorch(
  { python, device, isDryRun }: CardOptions,
  directory: string,
  faults: string[],
  signal: AbortSignal,
): Promise<TorchBaseline | undefined> {
  if (python === undefined) {
    faults.push('PyTorch is left out: --python is not given');
    return undefined;
  }
  if (device === 'webgpu') {
    faults.push('PyTorch is left out: it has no WebGPU');
    return undefined;
  }
  try {
    return await TorchBaseline.start(python, isDryRun ? 'cpu' : 'cuda', join(directory, 'torch.log'), signal);
  } catch (error) {
    signal.throwIfAborted();
    faults.push(`PyTorch is left out: ${(error as Error).message}`);
    return undefined;
  }
}

async function prepare(size: CardSize, { directory, signal, say }: CardContext): Promise<CardModel> {
  say(`preparing XLM-RoBERTa ${size}`);
  const checkpoint = await prepareCheckpoint(directory, { name: `bench-${size}`, size }, signal);
  const requests = join(directory, 'requests', size);
  await mkdir(requests, { recursive: true });
  return {
    size,
    checkpoint,
    shape: await readShape(checkpoint),
    workload: await Workload.open(checkpoint, requests),
  };
}
