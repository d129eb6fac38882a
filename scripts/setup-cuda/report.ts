import type { Provider } from '../../src/platform/cuda/examine-provider.ts';
import { DRIVER_LIBRARY, howToGet } from '../../src/platform/cuda/library-packages.ts';
import { absentOf, exportCommand, foldersOf } from '../../src/platform/cuda/library-search.ts';

export interface ReportOptions {
  readonly directory: string;
  /** Of onnxruntime-node. */
  readonly version: string;
  /** Whether the runtime of CUDA 12 is on this machine. */
  readonly hasCuda12?: boolean;
}

export interface SetupReport {
  readonly lines: readonly string[];
  /** Is the right provider there, with all that it needs? */
  readonly isComplete: boolean;
}

/** What is in the folder, and what it needs on this machine. */
export function reportOn(
  provider: Provider,
  { directory, version, hasCuda12 = false }: ReportOptions,
): SetupReport {
  if (provider.state === 'absent')
    return { lines: [`There is no CUDA provider in ${directory}.`], isComplete: false };
  if (provider.state === 'broken') {
    return {
      lines: [`The CUDA provider in ${directory} can't be used: ${provider.reason}.`],
      isComplete: false,
    };
  }
  const { cuda = 13, origin, libraries } = provider;
  const isRight = provider.version === version;
  const whose =
    origin === undefined
      ? 'its digests are not known here: it may be of another version, or damaged'
      : `from ${origin}, digests right${isRight ? '' : `, but onnxruntime-node is ${version}`}`;
  const lines = [
    `CUDA provider ${provider.version ?? 'of unknown version'} in ${directory}: ${whose}.`,
    `It is linked against CUDA ${provider.cuda ?? 'of an unknown version'}, and opens cuDNN 9 when an operator needs it.`,
  ];
  if (libraries.missing.length === 0) {
    lines.push(
      'All libraries that it needs are on this machine. "npx rerankd doctor" looks at driver and card too.',
    );
    return { lines, isComplete: isRight };
  }
  const [absent, folders] = [absentOf(libraries), foldersOf(libraries)];
  if (folders.length > 0) {
    lines.push(
      `${libraries.elsewhere.join(', ')}: there, but the linker does not look there by itself. rerankd gives the folders to its engines; other programs want:`,
      exportCommand(folders),
    );
  }
  if (absent.length === 0) return { lines, isComplete: isRight };
  lines.push(`Not found on this machine: ${absent.join(', ')}.`, howToGet(absent, cuda));
  if (cuda > 12 && hasCuda12 && absent.includes(`libcudart.so.${cuda}`))
    lines.push(
      'The libraries of CUDA 12 are here: "npm run setup:cuda -- --cuda 12" brings the provider for them.',
    );
  if (absent.length === 1 && absent[0] === DRIVER_LIBRARY)
    lines.push('When an image is built, it is normal that the driver is missing.');
  return { lines, isComplete: false };
}
