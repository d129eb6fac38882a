import type { NvidiaDriver } from '../../src/commands/doctor/gpu/nvidia-driver.ts';
import { findLibraries, type LibraryFolders } from '../../src/platform/cuda/library-search.ts';
import { isTooOldForNewest, LEAST, NEWEST } from '../../src/platform/cuda/requirements.ts';
import type { Cuda } from './cuda.ts';

export interface CudaChoice {
  readonly cuda: Cuda;
  readonly because: string;
}

/** What this machine speaks for where nobody said it. @returns undefined where the newest is as good as any */
export async function chooseCuda(
  driver: NvidiaDriver,
  libraries: LibraryFolders,
): Promise<CudaChoice | undefined> {
  const tooOld = whatIsTooOld(driver);
  if (tooOld !== undefined) return { cuda: 12, because: tooOld };
  const [has12, has13] = [await hasRuntime(12, libraries), await hasRuntime(13, libraries)];
  return has12 && !has13
    ? { cuda: 12, because: 'libcudart.so.12 is on this machine, and libcudart.so.13 is not' }
    : undefined;
}

/** Is the CUDA runtime of that version on this machine, whether or not the linker would find it? */
export async function hasRuntime(cuda: Cuda, libraries: LibraryFolders): Promise<boolean> {
  const { missing, elsewhere } = await findLibraries([`libcudart.so.${cuda}`], libraries);
  return missing.length === 0 || elsewhere.length > 0;
}

function whatIsTooOld(driver: NvidiaDriver): string | undefined {
  if (driver.state === 'kernel only') return ofDriver(driver.version);
  if (driver.state !== 'works') return undefined;
  const [card] = driver.cards;
  if (card === undefined) return undefined;
  return (
    ofDriver(card.driver) ??
    (isTooOldForNewest(card.driver, card.capability)
      ? `${card.name} has compute capability ${card.capability.toFixed(1)}, and CUDA ${NEWEST} asks for ${LEAST[NEWEST]?.capability}`
      : undefined)
  );
}

function ofDriver(version: string): string | undefined {
  return isTooOldForNewest(version, undefined)
    ? `the driver is ${version}, and CUDA ${NEWEST} asks for ${LEAST[NEWEST]?.driver}`
    : undefined;
}
