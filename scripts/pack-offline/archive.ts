import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { copyFile, link, mkdir, mkdtemp, open, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** A file, and where it lies in the archive. */
export interface Member {
  readonly from: string;
  readonly as: string;
}

export interface Piece {
  /** Name in the folder. */
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
}

export interface ArchiveTarget {
  readonly out: string;
  readonly pieceBytes: number;
}

/**
 * Writes NAME.tar.xz.00, .01 and so on. xz because every Python can read it where there is no xz; zstd at its best is no smaller here.
 * @throws Error when tar or xz is missing or fails.
 */
export async function writeArchive(
  name: string,
  members: readonly Member[],
  { out, pieceBytes }: ArchiveTarget,
): Promise<Piece[]> {
  const staging = await mkdtemp(join(out, '.staging-'));
  try {
    for (const { from, as } of members) {
      const target = join(staging, as);
      await mkdir(dirname(target), { recursive: true });
      // It may be another disk.
      await link(from, target).catch(() => copyFile(from, target));
    }
    const tar = spawn(
      'tar',
      ['--create', '--sort=name', '--owner=0', '--group=0', '--numeric-owner', '--directory', staging, '.'],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const xz = spawn('xz', ['--compress', '--stdout', '--threads=0', '-6'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const pieces = new Pieces(`${name}.tar.xz`, out, pieceBytes);
    await Promise.all([
      success('tar', tar),
      success('xz', xz),
      pipeline(tar.stdout, xz.stdin),
      pieces.take(xz.stdout),
    ]);
    return pieces.written;
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/** Cuts a stream into files. */
class Pieces {
  readonly written: Piece[] = [];
  readonly #name: string;
  readonly #out: string;
  readonly #pieceBytes: number;

  constructor(name: string, out: string, pieceBytes: number) {
    this.#name = name;
    this.#out = out;
    this.#pieceBytes = pieceBytes;
  }

  async take(stream: AsyncIterable<Buffer>): Promise<void> {
    let waiting: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of stream) {
      let rest = chunk;
      while (bytes + rest.length >= this.#pieceBytes) {
        const fits = this.#pieceBytes - bytes;
        waiting.push(rest.subarray(0, fits));
        await this.#write(waiting);
        rest = rest.subarray(fits);
        [waiting, bytes] = [[], 0];
      }
      waiting.push(rest);
      bytes += rest.length;
    }
    if (bytes > 0) await this.#write(waiting);
  }

  async #write(parts: readonly Buffer[]): Promise<void> {
    const file = `${this.#name}.${String(this.written.length).padStart(2, '0')}`;
    const content = Buffer.concat(parts);
    await using target = await open(join(this.#out, file), 'wx');
    await target.writeFile(content);
    const sha256 = createHash('sha256').update(content).digest('hex');
    this.written.push({ file, bytes: content.length, sha256 });
  }
}

async function success(program: string, child: ReturnType<typeof spawn>): Promise<void> {
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${program} ended with ${String(code)}`);
}
