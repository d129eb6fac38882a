import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Libraries of onnxruntime-node for other platforms; and what nobody runs. */
export function isForOthers(path: string, arch = process.arch): boolean {
  const binary = /onnxruntime-node\/bin\/napi-v\d+\/(\w+)\/(\w+)\//.exec(path);
  if (binary !== null) return binary[1] !== 'linux' || binary[2] !== arch;
  return /\.(d\.[cm]?ts|[cm]?js\.map|map|tsbuildinfo)$/.test(path);
}

/** The execution providers beside ONNX Runtime's own library: most of the bytes, and only for machines with a card. */
export function isProvider(path: string): boolean {
  return /libonnxruntime_providers_\w+\.so$/.test(path);
}

/** Paths of all files under a path, itself where it is one; none where there is nothing. */
export async function listTree(root: string, path: string): Promise<string[]> {
  const found = await stat(join(root, path)).catch(() => undefined);
  if (found === undefined) return [];
  if (found.isFile()) return [path];
  const entries = await readdir(join(root, path), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length).replace(/^\//, ''))
    .toSorted();
}
