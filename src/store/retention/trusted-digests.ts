import { messageOf, ServiceError } from '../../errors.ts';
import { readText } from '../../platform/read-text.ts';

const MAX_FILE_BYTES = 2 ** 20;
const SETTING = 'RERANK_TRUSTED_DIGESTS';

/**
 * The models that an operator trusts. Digests of the source say that a file arrived as it was sent; only a list of one's own
 * says that it is the right one.
 */
export class TrustedDigests {
  readonly #setting: string | undefined;

  /**
   * @param setting digests with commas between them, or the path of a file with one a line; undefined trusts every model.
   * A digest is that of the model (GET /info, x-model-digest, `rerankd fetch`), with or without `sha256:` before it.
   */
  constructor(setting: string | undefined) {
    this.#setting = setting;
  }

  /**
   * The file is read every time: an operator who strikes a model off means from now on.
   * @throws ServiceError forbidden_reference for a model that is not in the list, and for every model while the list can't be read.
   * Of the closed list of errors, this is the one for what an operator's allow-list does not have: no retry helps, and "force",
   * which overrides checks of quality (rejected_by_gate), must not override this.
   */
  async assertTrusted(digest: string, reference: string): Promise<void> {
    if (this.#setting === undefined) return;
    const trusted = await readList(this.#setting).catch((error) => {
      throw new ServiceError('forbidden_reference', `no model is trusted: ${messageOf(error)}`, {
        detail: `${SETTING} must be digests (64 hex digits each) with commas between them, or the path of a file with one a line.`,
        cause: error,
      });
    });
    if (trusted.has(digest)) return;
    throw new ServiceError('forbidden_reference', `${reference} is not a trusted model`, {
      detail: `Its digest is sha256:${digest}. If that is what it should be, add it to ${SETTING}.`,
    });
  }
}

async function readList(setting: string): Promise<ReadonlySet<string>> {
  const parts = setting.split(',').map((part) => part.trim());
  const inline = parts.filter((part) => part !== '').map(digestIn);
  if (inline.length > 0 && inline.every((digest) => digest !== undefined)) return new Set(inline);
  const text = await readText(setting.trim(), { maxBytes: MAX_FILE_BYTES, what: `${SETTING} (${setting})` });
  const digests = new Set<string>();
  for (const [at, line] of text.split('\n').entries()) {
    // As `sha256sum` writes them: what follows is a name.
    const [word = ''] = line.replace(/#.*/, '').trim().split(/\s+/);
    if (word === '') continue;
    const digest = digestIn(word);
    if (digest === undefined) throw new Error(`line ${at + 1} of ${setting} is no digest`);
    digests.add(digest);
  }
  return digests;
}

function digestIn(text: string): string | undefined {
  return /^(?:sha256:)?([0-9a-f]{64})$/i.exec(text)?.[1]?.toLowerCase();
}
