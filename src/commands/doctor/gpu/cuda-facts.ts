import type { Provider } from '../../../platform/cuda/examine-provider.ts';
import { absentOf, exportCommand, foldersOf } from '../../../platform/cuda/library-search.ts';
import type { CudaFacts } from './cuda.ts';
import { ownWords } from './diagnosis.ts';
import type { Card, NvidiaDriver } from './nvidia-driver.ts';

/** All that is known about CUDA on a machine, a line each. */
export function cudaFacts({ driver, provider, attempt }: CudaFacts): string[] {
  return [
    `driver: ${describeDriver(driver)}`,
    ...aboutPersistence(driver),
    `CUDA provider: ${describeProvider(provider)}`,
    ...(provider.state === 'there' ? describeLibraries(provider) : []),
    ...(attempt.failure === undefined ? [] : [ownWords(attempt)]),
  ];
}

function aboutPersistence(driver: NvidiaDriver): string[] {
  if (driver.state !== 'works' || driver.cards.every(({ isPersistent }) => isPersistent !== false)) return [];
  return [
    'persistence mode is off, so that the driver takes seconds to wake at a start and when it is asked for memory: "sudo nvidia-smi -pm 1" on the host',
  ];
}

/** A card as it is shown. */
export function describeCard({ name, driver, freeMib, totalMib, capability }: Card): string {
  return `${name}, driver ${driver}, compute capability ${capability.toFixed(1)}, ${freeMib} of ${totalMib} MiB free`;
}

function describeDriver(driver: NvidiaDriver): string {
  if (driver.state === 'works') return driver.cards.map(describeCard).join('; ');
  if (driver.state === 'kernel only') return `${driver.version} in the kernel, no nvidia-smi`;
  if (driver.state === 'none') return driver.hasCard ? 'none, and a card without it' : 'none';
  return `nvidia-smi ${driver.state}`;
}

function describeProvider(provider: Provider): string {
  if (provider.state === 'absent') return 'not installed';
  if (provider.state === 'broken') return provider.reason;
  const whose =
    provider.origin === undefined
      ? 'its digests are not known here'
      : `from ${provider.origin}, digests right`;
  return `${provider.version ?? 'unknown version'} for CUDA ${provider.cuda ?? 'of unknown version'}, ${whose}`;
}

function describeLibraries({ libraries }: Provider & { state: 'there' }): string[] {
  const [absent, folders] = [absentOf(libraries), foldersOf(libraries)];
  return [
    `libraries: ${absent.length === 0 ? 'all that it needs are found' : `not found: ${absent.join(', ')}`}`,
    ...(folders.length === 0
      ? []
      : [
          `some are in folders in which the linker does not look; rerankd gives them to its engines, other programs want ${exportCommand(folders)}`,
        ]),
  ];
}
