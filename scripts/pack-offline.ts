#!/usr/bin/env node
/**
 * Packs rerankd for a machine without a network and without Node: this Node, the packages that the server needs for this platform,
 * its sources and the embedded models, and the CUDA provider where it is installed. See docs/deployment.md, "A machine without a
 * network".
 *
 *     npm run pack:offline -- DIR
 */
import { chmod, copyFile, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { filePath, given, wholeNumber } from './flags/kinds.ts';
import type { ValuesOf } from './flags/read-flags.ts';
import { commandLine, runScript } from './flags/run-script.ts';
import { type Member, writeArchive } from './pack-offline/archive.ts';
import { BENCH_PACKAGES, BENCH_SOURCES, SOURCES } from './pack-offline/contents.ts';
import { isForOthers, isProvider, listTree } from './pack-offline/files.ts';
import { packagesToCarry, readLock } from './pack-offline/packages.ts';

const repository = fileURLToPath(new URL('../', import.meta.url));

const manual = {
  usage: 'npm run pack:offline -- DIR [flags]',
  about: `Packs rerankd for a machine without a network and without Node: writes archives cut into pieces, their checksums and
unpack.sh into a new or empty folder.`,
  flags: {
    dir: { kind: filePath, isOperand: true, help: 'the folder to write to' },
    'piece-mib': { kind: wholeNumber(), default: '60', help: 'size of a piece in MiB' },
    bench: { kind: given, help: 'what npm run bench:gpu needs as well' },
    'without-cuda': { kind: given, help: 'leave the CUDA provider out, although it is installed' },
  },
} as const;

await runScript({
  name: 'pack:offline',
  ...commandLine(manual),
  run: async (values) => {
    if (process.platform !== 'linux') throw new Error('it packs for Linux, and only on Linux');
    await pack(resolve(values.dir), values);
  },
});

async function pack(out: string, values: ValuesOf<typeof manual.flags>): Promise<void> {
  await mkdir(out, { recursive: true });
  // Pieces of an earlier, larger pack would be left over.
  if ((await readdir(out)).length > 0) throw new Error(`${out} is not empty`);

  const packages = await packagesToCarry(await readLock(repository), repository, {
    more: values.bench ? BENCH_PACKAGES : [],
  });
  const files: string[] = [];
  for (const path of packages) files.push(...(await listTree(repository, path)));
  const app = files.filter((path) => !isForOthers(path) && !isProvider(path));
  const providers = values['without-cuda']
    ? []
    : files.filter((path) => !isForOthers(path) && isProvider(path));
  for (const path of [...SOURCES, ...(values.bench ? BENCH_SOURCES : [])]) {
    app.push(...(await listTree(repository, path)));
  }
  const archives: Readonly<Record<string, readonly Member[]>> = {
    node: [{ from: process.execPath, as: 'bin/node' }],
    app: app.map((path) => ({ from: join(repository, path), as: path })),
    cuda: providers.map((path) => ({ from: join(repository, path), as: path })),
  };
  const sums: string[] = [];
  for (const [name, members] of Object.entries(archives)) {
    if (members.length === 0) continue;
    process.stderr.write(`… ${name}: ${members.length} files\n`);
    const pieces = await writeArchive(name, members, { out, pieceBytes: values['piece-mib'] * 2 ** 20 });
    for (const { file, bytes, sha256 } of pieces) {
      sums.push(`${sha256}  ${file}\n`);
      process.stdout.write(`${(bytes / 2 ** 20).toFixed(1).padStart(6)} MiB  ${file}\n`);
    }
  }
  await writeFile(join(out, 'SHA256SUMS'), sums.join(''));
  const unpack = join(out, 'unpack.sh');
  await copyFile(new URL('./pack-offline/unpack.sh', import.meta.url), unpack);
  await chmod(unpack, 0o755);
  process.stdout.write(
    `There: sh unpack.sh TARGET, then TARGET/rerankd serve${values.bench ? ', or TARGET/bench-gpu --out DIR' : ''}${providers.length === 0 ? '. Without the CUDA provider: it is not installed here, or left out' : ''}\n`,
  );
}
