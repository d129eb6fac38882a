/** NVIDIA's apt packages carry the minor version; these are the ones of the images in the Dockerfile. */
const APT_VERSIONS: Readonly<Record<number, string>> = { 12: '12-8', 13: '13-0' };

interface Bringer {
  /** Of NVIDIA's apt repository for Debian and Ubuntu. */
  readonly apt: (cuda: number) => string;
  /** Of PyPI. */
  readonly wheel: (cuda: number) => string;
}

/** From CUDA 13 on, NVIDIA's wheels don't carry the version in their name. */
const suffix = (cuda: number): string => (cuda < 13 ? `-cu${cuda}` : '');
const minor = (cuda: number): string => APT_VERSIONS[cuda] ?? `${cuda}-0`;

function toolkit(apt: string, wheel: string): Bringer {
  return { apt: (cuda) => `${apt}-${minor(cuda)}`, wheel: (cuda) => `${wheel}${suffix(cuda)}` };
}

const BRINGERS: readonly (readonly [RegExp, Bringer])[] = [
  [/^libcudart\.so/, toolkit('cuda-cudart', 'nvidia-cuda-runtime')],
  [/^libcublas(Lt)?\.so/, toolkit('libcublas', 'nvidia-cublas')],
  [/^libcurand\.so/, toolkit('libcurand', 'nvidia-curand')],
  [/^libcufft\.so/, toolkit('libcufft', 'nvidia-cufft')],
  [/^libnvrtc\.so/, toolkit('cuda-nvrtc', 'nvidia-cuda-nvrtc')],
  [/^libnvJitLink\.so/, toolkit('libnvjitlink', 'nvidia-nvjitlink')],
  [
    /^libcudnn\w*\.so\.9/,
    { apt: (cuda) => `libcudnn9-cuda-${cuda}`, wheel: (cuda) => `nvidia-cudnn-cu${cuda}` },
  ],
];

/** The driver's part of CUDA: no package of the toolkit has it. */
export const DRIVER_LIBRARY = 'libcuda.so.1';

/** How to get libraries that are not there. */
interface Bringers {
  /** Packages of NVIDIA's apt repository. */
  readonly apt: readonly string[];
  /** Wheels of PyPI. */
  readonly wheels: readonly string[];
  /** Of no package that is known here. */
  readonly unknown: readonly string[];
}

/** Which packages bring these libraries. The driver's library is left out. */
function bringersOf(libraries: readonly string[], cuda: number): Bringers {
  const [apt, wheels, unknown] = [new Set<string>(), new Set<string>(), new Set<string>()];
  for (const name of libraries) {
    if (name === DRIVER_LIBRARY) continue;
    const bringer = BRINGERS.find(([pattern]) => pattern.test(name))?.[1];
    if (bringer === undefined) {
      unknown.add(name);
      continue;
    }
    apt.add(bringer.apt(cuda));
    wheels.add(bringer.wheel(cuda));
  }
  return { apt: [...apt], wheels: [...wheels], unknown: [...unknown] };
}

/** The same as a sentence. */
export function howToGet(libraries: readonly string[], cuda: number): string {
  const { apt, wheels, unknown } = bringersOf(libraries, cuda);
  const parts: string[] = [];
  if (apt.length > 0)
    parts.push(
      `apt-get install ${apt.join(' ')} (NVIDIA's repository), or pip install ${wheels.join(' ')} and add the folders of their libraries to LD_LIBRARY_PATH.`,
    );
  if (unknown.length > 0) parts.push(`Look for a package with ${unknown.join(', ')}.`);
  if (libraries.includes(DRIVER_LIBRARY))
    parts.push(
      `${DRIVER_LIBRARY} comes with the driver; in a container, from the host, when it is started with the GPU.`,
    );
  return parts.join(' ');
}
