import { type Provider, sha256Of } from '../../src/platform/cuda/examine-provider.ts';
import { readReceipt } from '../../src/platform/cuda/receipt.ts';
import type { ArchiveSource } from './archive-source.ts';
import type { SetupOptions } from './setup-options.ts';

/** Is what lies there the provider that is asked for? Where an archive is named, it has to be out of that one. */
export async function isAlreadyPlaced(
  present: Provider,
  source: ArchiveSource,
  options: Pick<SetupOptions, 'archive' | 'archiveSha256' | 'cuda' | 'directory' | 'version'>,
): Promise<boolean> {
  const { cuda, version, directory } = options;
  if (present.state !== 'there' || present.version !== version) return false;
  if (cuda !== undefined && present.cuda !== cuda) return false;
  if (options.archive === undefined || options.archive === '') return true;
  const receipt = await readReceipt(directory);
  if (receipt === undefined) return false;
  if (source.kind === 'file') return (await sha256Of(source.path)) === receipt.archiveSha256;
  const wanted = options.archiveSha256?.toLowerCase().replace(/^sha256:/, '');
  return receipt.archive === source.name && (!wanted || wanted === receipt.archiveSha256);
}
