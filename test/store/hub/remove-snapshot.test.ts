import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { beginSnapshotRemoval } from '../../../src/store/hub/cache/remove-snapshot.ts';
import { RepositoryFolder } from '../../../src/store/hub/cache/repository-folder.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const [OLD, NEW] = ['0'.repeat(40), '1'.repeat(40)];

/** Two commits that share a tokenizer, as `hf download` leaves them. */
async function repository() {
  const root = join(await temporaryDirectory(), 'models--org--name');
  const write = async (path: string, text: string): Promise<void> => {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  };
  const linkBlob = async (path: string, blob: string): Promise<void> => {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await symlink(join('../'.repeat(path.split('/').length - 1), 'blobs', blob), join(root, path));
  };
  for (const blob of ['weights-old', 'weights-new', 'tokenizer']) await write(`blobs/${blob}`, blob);
  await linkBlob(`snapshots/${OLD}/onnx/model.onnx`, 'weights-old');
  await linkBlob(`snapshots/${OLD}/tokenizer.json`, 'tokenizer');
  await linkBlob(`snapshots/${NEW}/onnx/model.onnx`, 'weights-new');
  await linkBlob(`snapshots/${NEW}/tokenizer.json`, 'tokenizer');
  await write('refs/main', NEW);
  await write('refs/v1', `${OLD}\n`);
  await write('refs/refs/pr/1', OLD);
  await write(`trees/${OLD}.json`, '{}');
  await write(`trees/${NEW}.json`, '{}');
  return { root, write, files: async () => (await readdir(root, { recursive: true })).toSorted() };
}

async function remove(root: string, commit: string): Promise<void> {
  const removal = await beginSnapshotRemoval(new RepositoryFolder(dirname(root), 'org/name'), commit);
  await removal.finish();
}

describe('removing a snapshot', () => {
  it('takes its names and its own blobs along, and nothing that another one needs', async () => {
    const { root, files } = await repository();
    await remove(root, OLD);
    expect(await files()).toEqual([
      'blobs',
      'blobs/tokenizer',
      'blobs/weights-new',
      'refs',
      'refs/main',
      'refs/refs',
      'refs/refs/pr',
      'snapshots',
      `snapshots/${NEW}`,
      `snapshots/${NEW}/onnx`,
      `snapshots/${NEW}/onnx/model.onnx`,
      `snapshots/${NEW}/tokenizer.json`,
      'trees',
      `trees/${NEW}.json`,
    ]);
    expect(await readFile(join(root, 'snapshots', NEW, 'tokenizer.json'), 'utf8')).toBe('tokenizer');
  });

  it('leaves files alone that its links lead to elsewhere', async () => {
    const { root } = await repository();
    const precious = join(root, '..', 'precious');
    await writeFile(precious, 'mine');
    await symlink(precious, join(root, 'snapshots', OLD, 'link'));
    await symlink(`../../blobs/../../precious`, join(root, 'snapshots', OLD, 'link-2'));
    await remove(root, OLD);
    expect(await readFile(precious, 'utf8')).toBe('mine');
  });

  it('without symlinks takes the files in it', async () => {
    const { root, write, files } = await repository();
    const commit = '2'.repeat(40);
    await write(`snapshots/${commit}/model.safetensors`, 'weights');
    const before = await files();
    await remove(root, commit);
    expect(await files()).toEqual(before.filter((name) => !name.includes(commit)));
  });

  it('can be taken back until it is finished', async () => {
    const { root, files } = await repository();
    const before = await files();
    const removal = await beginSnapshotRemoval(new RepositoryFolder(dirname(root), 'org/name'), OLD);
    expect(await readdir(join(root, 'snapshots'))).toEqual([NEW]);
    expect(await readdir(join(root, 'refs'))).not.toContain('v1');
    await removal.undo();
    expect(await files()).toEqual(before);
    expect(await readFile(join(root, 'refs', 'v1'), 'utf8')).toBe(OLD);
  });

  it('finds the blobs of one that was cut off, too', async () => {
    const { root } = await repository();
    await beginSnapshotRemoval(new RepositoryFolder(dirname(root), 'org/name'), OLD);
    expect(await readdir(join(root, 'blobs'))).toContain('weights-old');
    await remove(root, OLD);
    expect((await readdir(join(root, 'blobs'))).toSorted()).toEqual(['tokenizer', 'weights-new']);
  });

  it('of which only a part is left, or nothing, is no error', async () => {
    const { root } = await repository();
    await remove(root, OLD);
    await remove(root, OLD);
  });
});
