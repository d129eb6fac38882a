import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type Check, type Finding, ok, type Patient, problem, warning } from '../check.ts';
import { readNeeded } from '../elf/needed.ts';

const PROVIDER = 'libonnxruntime_providers_cuda.so';

/** What the provider opens only when an operator needs it, so that it is in no list. */
const OPENED_LATER = ['libcudnn.so.9'];

/** Where Debian, Ubuntu, Red Hat and NVIDIA's images keep libraries, besides what the linker's cache lists. */
const USUAL = [
  '/lib64',
  '/usr/lib64',
  '/usr/lib/x86_64-linux-gnu',
  '/usr/lib/aarch64-linux-gnu',
  '/usr/local/cuda/lib64',
];

/** Is everything there that the CUDA provider is linked against? */
export const cudaLibrariesCheck: Check = {
  name: 'CUDA libraries',
  async look(patient) {
    const { machine, config } = patient;
    if (machine.platform !== 'linux') return [ok('for Linux only')];
    const isWanted = config.device === 'cuda';
    const provider = join(bindingDirectory(machine.platform, machine.arch), PROVIDER);
    if ((await machine.info(provider)) === undefined) {
      if (!isWanted) return [ok('no CUDA provider is installed: this is a build for the CPU')];
      return [
        problem(
          `RERANK_DEVICE=cuda, and there is no ${provider}`,
          'The CUDA image has it; docs/deployment.md, "GPU", says where it comes from.',
        ),
      ];
    }
    const missing = await missingLibraries(patient, provider);
    if (missing.length === 0) return [ok('the CUDA provider and all that it needs are there')];
    const finding: Finding = (isWanted ? problem : warning)(
      `the CUDA provider needs ${missing.join(', ')}`,
      'Install the CUDA runtime and cuDNN 9 of that version, or add their folders to LD_LIBRARY_PATH.',
    );
    return [finding];
  },
};

async function missingLibraries({ machine, config, signal }: Patient, provider: string): Promise<string[]> {
  const needed = [...(await readNeeded(provider)), ...OPENED_LATER];
  const listed = (await machine.execute('/sbin/ldconfig', ['-p'], signal))?.stdout ?? '';
  const paths = (config.childEnv['LD_LIBRARY_PATH'] ?? '').split(':').filter((path) => path !== '');
  const folders = [dirname(provider), ...paths, ...USUAL];
  const there = new Set((await Promise.all(folders.map(machine.entries))).flat());
  return needed.filter((name) => !there.has(name) && !listed.includes(`\t${name} `));
}

/** Where the package keeps what belongs to this platform. */
function bindingDirectory(platform: string, arch: string): string {
  const manifest = createRequire(import.meta.url).resolve('onnxruntime-node/package.json');
  return join(dirname(manifest), 'bin', 'napi-v6', platform, arch);
}
