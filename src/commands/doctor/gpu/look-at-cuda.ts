import { examineProvider } from '../../../platform/cuda/examine-provider.ts';
import { DRIVER_LIBRARY } from '../../../platform/cuda/library-packages.ts';
import { findLibraries, type LibraryFolders } from '../../../platform/cuda/library-search.ts';
import { otherFolders } from '../../../platform/cuda/other-folders.ts';
import { providerDirectory } from '../../../platform/cuda/provider-files.ts';
import type { Patient } from '../check.ts';
import type { CudaFacts } from './cuda.ts';
import type { Attempt } from './diagnosis.ts';
import { lookAtNvidiaDriver } from './nvidia-driver.ts';

/** Gathers what there is to know about CUDA. */
export async function lookAtCuda(patient: Patient, attempt: Attempt): Promise<CudaFacts> {
  const { machine, config, signal } = patient;
  const { platform, arch } = machine;
  const folders = libraryFolders(patient);
  const [driver, isContainer, driverLibrary, provider] = await Promise.all([
    lookAtNvidiaDriver(machine, signal),
    isInContainer(patient),
    findLibraries([DRIVER_LIBRARY], folders),
    providerDirectory(machine, folders.libraryPath, machine.entries).then((directory) =>
      examineProvider(directory, folders),
    ),
  ]);
  return {
    platform,
    arch,
    isContainer,
    visibleDevices: config.childEnv['CUDA_VISIBLE_DEVICES'],
    driver,
    hasDriverLibrary: driverLibrary.missing.length === 0,
    provider,
    attempt,
  };
}

/** Where an engine would look for libraries. */
export function libraryFolders({ machine, config, signal }: Patient): LibraryFolders {
  return {
    others: () => otherFolders(config.childEnv, machine.entries),
    entries: machine.entries,
    linkerCache: async () => (await machine.execute('/sbin/ldconfig', ['-p'], signal))?.stdout ?? '',
    libraryPath: config.childEnv['LD_LIBRARY_PATH'] ?? '',
  };
}

async function isInContainer({ machine, env }: Patient): Promise<boolean> {
  if (env['KUBERNETES_SERVICE_HOST'] !== undefined) return true;
  const marks = await Promise.all(['/.dockerenv', '/run/.containerenv'].map(machine.info));
  return marks.some((info) => info !== undefined);
}
