import type { Provider } from '../../src/platform/cuda/examine-provider.ts';
import { DRIVER_LIBRARY, howToGet } from '../../src/platform/cuda/library-packages.ts';

export interface ReportOptions {
  readonly directory: string;
  /** Of onnxruntime-node. */
  readonly version: string;
}

export interface SetupReport {
  readonly lines: readonly string[];
  /** Is the right provider there, with all that it needs? */
  readonly isComplete: boolean;
}

/** What is in the folder, and what it needs on this machine. */
export function reportOn(provider: Provider, { directory, version }: ReportOptions): SetupReport {
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
  lines.push(`Not found on this machine: ${libraries.missing.join(', ')}.`);
  const absent = libraries.missing.filter(
    (name) => !libraries.elsewhere.some((path) => path.endsWith(`/${name}`)),
  );
  if (libraries.elsewhere.length > 0) {
    lines.push(
      `${libraries.elsewhere.join(', ')}: there, but the linker does not look there. Add the folder to LD_LIBRARY_PATH.`,
    );
  }
  if (absent.length > 0) lines.push(howToGet(absent, cuda));
  if (absent.length === 1 && absent[0] === DRIVER_LIBRARY)
    lines.push('When an image is built, it is normal that the driver is missing.');
  return { lines, isComplete: false };
}
