import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TrustedDigests } from '../../../src/store/retention/trusted-digests.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const [a, b, c] = ['a'.repeat(64), 'b'.repeat(64), 'c'.repeat(64)];

const isTrusted = (setting: string | undefined, digest: string): Promise<boolean> =>
  new TrustedDigests(setting).assertTrusted(digest, 'local://x').then(
    () => true,
    () => false,
  );

describe('the list of trusted models', () => {
  it('that is not there trusts all', async () => {
    expect(await isTrusted(undefined, a)).toBe(true);
  });

  it('in the setting lets in what is in it, in any spelling', async () => {
    const setting = ` ${a}, sha256:${b.toUpperCase()},`;
    expect(await Promise.all([a, b, c].map((digest) => isTrusted(setting, digest)))).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('in a file too, with comments and names, read anew every time', async () => {
    const path = join(await temporaryDirectory(), 'trusted');
    await writeFile(path, `# our models\r\n\n${a}  bge-v2 # since May\r\n  sha256:${b}\n`);
    const list = new TrustedDigests(path);
    await list.assertTrusted(a, 'local://x');
    await list.assertTrusted(b, 'local://x');
    await expect(list.assertTrusted(c, 'local://x')).rejects.toMatchObject({
      type: 'forbidden_reference',
      message: 'local://x is not a trusted model',
      detail: expect.stringContaining(`sha256:${c}`) as string,
    });
    await writeFile(path, `${c}\n`);
    await list.assertTrusted(c, 'local://x');
    expect(await isTrusted(path, a)).toBe(false);
    await writeFile(path, '# nothing\n');
    expect(await isTrusted(path, c)).toBe(false);
  });

  it('that can not be read trusts nothing, and says what is wrong', async () => {
    const path = join(await temporaryDirectory(), 'trusted');
    await writeFile(path, `${a}\nnot a digest\n`);
    const refusal = (setting: string) => new TrustedDigests(setting).assertTrusted(a, 'local://x');
    await expect(refusal(path)).rejects.toMatchObject({ type: 'forbidden_reference', message: /line 2/ });
    await expect(refusal('/nowhere')).rejects.toMatchObject({ message: /can't be read/ });
    // One digit short: not a file either.
    await expect(refusal(`${a},${b.slice(1)}`)).rejects.toMatchObject({ type: 'forbidden_reference' });
    await expect(refusal(',')).rejects.toMatchObject({ type: 'forbidden_reference' });
  });
});
