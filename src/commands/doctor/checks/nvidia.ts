import { type Check, type Finding, ok, problem, warning } from '../check.ts';

const QUERY = '--query-gpu=name,driver_version,memory.total,memory.free,compute_cap';

/** CUDA 13 asks for it. */
const LEAST_DRIVER = 580;
/** Turing. */
const LEAST_CAPABILITY = 7.5;

/** Is there an NVIDIA GPU, with a driver that is new enough? */
export const nvidiaCheck: Check = {
  name: 'NVIDIA driver',
  async look({ config, machine, signal }) {
    const answer = await machine.execute('nvidia-smi', [QUERY, '--format=csv,noheader,nounits'], signal);
    const isWanted = config.device === 'cuda';
    if (answer === undefined) {
      if (!isWanted) return [ok('none (no nvidia-smi): the CPU is used')];
      return [
        problem(
          'RERANK_DEVICE=cuda, and there is no nvidia-smi',
          'Install the driver; in a container, start it with the GPU.',
        ),
      ];
    }
    if (answer.code !== 0) {
      const said = `${answer.stdout}${answer.stderr}`.trim();
      const mend = 'After an update of the driver, load its new kernel module or start the machine anew.';
      return [(isWanted ? problem : warning)(`nvidia-smi failed: ${said}`, mend)];
    }
    return answer.stdout.trim().split('\n').flatMap(describe);
  },
};

function describe(line: string): Finding[] {
  const [name = '', driver = '', total = '', free = '', capability = ''] = line
    .split(',')
    .map((cell) => cell.trim());
  const what = `${name}, driver ${driver}, ${free} of ${total} MiB free`;
  if (Number.parseInt(driver, 10) < LEAST_DRIVER) {
    return [
      warning(
        `${what}: the driver is older than ${LEAST_DRIVER}`,
        'Update it, or build the image with the CUDA 12 provider (docs/deployment.md, "GPU").',
      ),
    ];
  }
  if (Number(capability) < LEAST_CAPABILITY)
    return [
      warning(`${what}: older than the Turing generation`, 'CUDA 13 does not support it: use the CPU.'),
    ];
  return [ok(what)];
}
