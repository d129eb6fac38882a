import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { z } from 'zod';
import { readText } from '../memory/read-text.ts';
import { PROVIDER, PROVIDER_BRIDGE } from './provider-files.ts';

/** Lies beside the libraries. */
export const RECEIPT = 'rerankd-cuda-provider.json';

const sha256 = z.string().regex(/^[\da-f]{64}$/);

const receiptSchema = z.object({
  /** Of ONNX Runtime. */
  version: z.string(),
  /** The name of the archive. */
  archive: z.string(),
  archiveSha256: sha256,
  sha256: z.object({ [PROVIDER]: sha256, [PROVIDER_BRIDGE]: sha256 }),
});

/** What was put there, out of which archive: of that, the digests were right. */
export type Receipt = z.infer<typeof receiptSchema>;

/** @returns undefined where there is none, or none that can be understood. */
export async function readReceipt(directory: string): Promise<Receipt | undefined> {
  const text = await readText(join(directory, RECEIPT));
  if (text === undefined) return undefined;
  try {
    return receiptSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** Replaces the one that is there, as a whole. @throws what the file system throws. */
export async function writeReceipt(directory: string, receipt: Receipt): Promise<void> {
  await writeFileAtomic(join(directory, RECEIPT), `${JSON.stringify(receipt, null, 2)}\n`);
}
