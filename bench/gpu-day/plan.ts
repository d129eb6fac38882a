import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface DayOptions {
  readonly device: 'cuda' | 'webgpu';
  readonly out: string;
  /** Models are made once for all parts. */
  readonly work: string;
  readonly python: string | undefined;
  readonly sizes: readonly string[];
  readonly isDryRun: boolean;
}

export interface DayPart {
  readonly name: string;
  readonly command: string;
  readonly arguments: readonly string[];
  /** It is ended then, with all its processes. */
  readonly limitSeconds: number;
  /** Where it writes its figures. */
  readonly jsonFile?: string;
}

const repository = fileURLToPath(new URL('../../', import.meta.url));

/**
 * What is run, what matters most first: the time may be over before the end. The largest model is made and compiled in a part of
 * its own, so that what measures it has its time for that. Limits are what a part may take at worst, not what it should: their
 * sum is more than a day has.
 */
export function planDay(options: DayOptions): DayPart[] {
  const { device, out, work, python, sizes, isDryRun } = options;
  const largest = sizes.at(-1) ?? 'base';
  const dry = isDryRun ? ['--dry-run'] : [];
  const withPython = python === undefined ? [] : ['--python', python];
  const node = (name: string, limitSeconds: number, program: string, ...args: string[]): DayPart => {
    const jsonFile = join(out, `${name}.json`);
    return {
      name,
      command: process.execPath,
      arguments: [join(repository, program), '--device', device, ...args, '--json', jsonFile, ...dry],
      limitSeconds,
      jsonFile,
    };
  };
  const card = (name: string, limitSeconds: number, size: string, only: string, ...args: string[]): DayPart =>
    node(
      name,
      limitSeconds,
      'bench/serve.ts',
      '--work',
      work,
      ...(only === 'prepare' ? [] : withPython),
      '--sizes',
      size,
      '--only',
      only,
      ...args,
    );
  const swap = (name: string, limitSeconds: number, size: string, mode: string, swaps: number): DayPart =>
    node(
      name,
      limitSeconds,
      'bench/swap.ts',
      '--work',
      work,
      '--size',
      size,
      '--mode',
      mode,
      '--swaps',
      String(swaps),
      '--calm',
      '4',
    );
  const checkpoint = join(work, 'models', `bench-${largest}`);
  return [
    {
      name: 'nvidia-smi',
      command: 'nvidia-smi',
      arguments: ['-q', '-d', 'CLOCK,POWER,MEMORY,ECC,PERFORMANCE'],
      limitSeconds: 20,
    },
    {
      name: 'doctor',
      command: process.execPath,
      arguments: [join(repository, 'src/main.ts'), 'doctor'],
      limitSeconds: 100,
    },
    card(`prepare-${largest}`, 300, largest, 'prepare'),
    card(`agreement-${largest}`, 120, largest, 'agreement', '--pairs', '128'),
    card(`throughput-${largest}`, 220, largest, 'matmul,throughput', '--rounds', '3', '--seconds', '4'),
    card(`single-${largest}`, 60, largest, 'single', '--requests', '100'),
    // The second model is made and compiled here.
    swap(`hold-${largest}`, 200, largest, 'hold', 3),
    swap(`beside-${largest}`, 120, largest, 'beside', 3),
    node('graph-forms', 90, 'bench/graph.ts', '--checkpoint', checkpoint, '--rounds', '5'),
    swap('hold-50', 170, 'tiny', 'hold', 50),
    ...sizes
      .slice(0, -1)
      .map((size) =>
        card(
          `all-${size}`,
          120,
          size,
          'matmul,throughput,single,agreement',
          '--rounds',
          '3',
          '--seconds',
          '3',
          '--requests',
          '100',
          '--pairs',
          '256',
        ),
      ),
    swap('beside-50', 170, 'tiny', 'beside', 50),
  ];
}
