import { dirname } from 'node:path';
import { formatBytes } from '../../platform/memory/format-bytes.ts';
import { usualFloorBytes } from '../../store/retention/disk.ts';
import { type Finding, ok, problem, warning } from './check.ts';
import type { FileInfo, Machine } from './machine.ts';

interface WantedFolder {
  readonly path: string;
  readonly setting: string;
  /** RERANK_CACHE_FREE_BYTES: what should stay free on its disk; undefined means what is usual for its size. */
  readonly wantedFreeBytes: number | undefined;
  /** What happens where it can't be written. */
  readonly otherwise: string;
}

/** Looks whether a folder can be written, or made, and whether its disk has room; without writing. */
export async function lookAtWritable(machine: Machine, wanted: WantedFolder): Promise<Finding> {
  const { path, setting, otherwise } = wanted;
  const there = await nearest(machine, path);
  if (!there.info.isDirectory)
    return problem(
      `${there.path} is a file, where ${setting} has a folder`,
      `Point ${setting} to another one. ${otherwise}`,
    );
  if (!(await machine.may('write', there.path))) {
    return problem(
      `${there.path} can't be written by user ${machine.uid} (it belongs to ${there.info.uid})`,
      `chown it, mount it writable, or point ${setting} to another one. ${otherwise}`,
    );
  }
  const { free, total } = await machine.diskSpace(there.path);
  const wantedFreeBytes = wanted.wantedFreeBytes ?? usualFloorBytes(total ?? 0);
  const what = `${path}${there.path === path ? '' : ' (will be made)'}, ${free === undefined ? 'free space unknown' : `${formatBytes(free)} free`}`;
  if (free !== undefined && free < wantedFreeBytes) {
    return warning(
      `${what}: less than RERANK_CACHE_FREE_BYTES (${formatBytes(wantedFreeBytes)})`,
      'Models that are not here yet will be refused with 507. "rerankd cache prune" deletes what nothing keeps.',
    );
  }
  return ok(what);
}

/** The folder itself, or the first one above it that is there. */
async function nearest(machine: Machine, path: string): Promise<{ path: string; info: FileInfo }> {
  const info = await machine.info(path);
  if (info !== undefined) return { path, info };
  const parent = dirname(path);
  if (parent !== path) return nearest(machine, parent);
  return { path, info: { isDirectory: true, mode: 0, uid: 0, modified: new Date(0) } };
}
