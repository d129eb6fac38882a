import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { tryDevice } from '../try-device.ts';

const run = promisify(execFile);
const beside = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** Where the loader looks for drivers, on Debian, Ubuntu and Red Hat. */
const DRIVERS = ['/usr/share/vulkan/icd.d', '/etc/vulkan/icd.d'];
const LIBRARIES = ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/lib64', '/usr/lib'];
/** Chromium brings SwiftShader, which computes in single precision only. */
const SWIFTSHADER = [
  '/usr/lib/chromium/vk_swiftshader_icd.json',
  '/opt/google/chrome/vk_swiftshader_icd.json',
];

/** A Vulkan driver on which the WebGPU provider works here. */
interface VulkanDriver {
  readonly name: string;
  /** For the process that loads ONNX Runtime. */
  readonly env: Readonly<Record<string, string>>;
  /** Whether it computes in half precision. */
  readonly hasHalf: boolean;
}

type FoundDriver =
  | { readonly driver: VulkanDriver; readonly missing?: never }
  | { readonly driver?: never; readonly missing: string };

/**
 * A Vulkan driver that computes on the processor, which every machine can have: Mesa's llvmpipe, or SwiftShader. RERANK_TEST_GPU=webgpu
 * (`npm run test:gpu -- --device webgpu`) takes the machine's own driver, and nothing else.
 */
export async function findVulkan(): Promise<FoundDriver> {
  const wantsCard = process.env['RERANK_TEST_GPU'] === 'webgpu';
  const candidates = wantsCard ? [ownDriver()] : await softwareDrivers();
  const reasons = ['no llvmpipe (Mesa) and no SwiftShader (Chromium)'];
  for (const driver of candidates) {
    const { PATH, HOME } = process.env;
    const failure = await tryDevice('webgpu', { PATH, HOME, ...driver.env });
    if (failure === undefined) return { driver };
    reasons.unshift(`${driver.name}: ${failure}`);
  }
  return { missing: reasons[0] as string };
}

function ownDriver(): VulkanDriver {
  return { name: 'the own driver', env: ownEnvironment(), hasHalf: true };
}

async function softwareDrivers(): Promise<VulkanDriver[]> {
  const found: VulkanDriver[] = [];
  const llvmpipe = await llvmpipeManifest().catch(() => undefined);
  if (llvmpipe !== undefined) found.push({ name: 'llvmpipe', env: driverEnv(llvmpipe), hasHalf: true });
  for (const manifest of SWIFTSHADER) {
    if (await isThere(manifest))
      found.push({ name: 'SwiftShader', env: driverEnv(manifest), hasHalf: false });
  }
  return found;
}

/** The older name of VK_DRIVER_FILES, which every loader understands. */
function driverEnv(manifest: string): Record<string, string> {
  return { ...ownEnvironment(), VK_ICD_FILENAMES: manifest };
}

function ownEnvironment(): Record<string, string> {
  // Mesa complains where there is none.
  const { XDG_RUNTIME_DIR = tmpdir() } = process.env;
  const chosen = Object.entries(process.env).filter(([name]) => name.startsWith('VK_'));
  return { ...(Object.fromEntries(chosen) as Record<string, string>), XDG_RUNTIME_DIR };
}

/** Builds what stands in front of llvmpipe. @returns its manifest, or undefined where there is no llvmpipe */
async function llvmpipeManifest(): Promise<string | undefined> {
  const library = await llvmpipeLibrary();
  if (library === undefined) return undefined;
  const source = beside('llvmpipe.c');
  const key = createHash('sha256')
    .update(library)
    .update(await readFile(source))
    .digest('hex')
    .slice(0, 16);
  const folder = join(tmpdir(), 'rerankd-vulkan', key);
  const manifest = join(folder, 'driver.json');
  if (await isThere(manifest)) return manifest;
  await mkdir(folder, { recursive: true });
  const built = join(folder, 'libvulkan_llvmpipe.so');
  const draft = join(folder, `draft-${process.pid}`);
  const flags = ['-std=gnu11', '-O1', '-Wall', '-Wextra', '-shared', '-fPIC', `-DLLVMPIPE="${library}"`];
  await run('gcc', [...flags, source, '-o', draft]);
  await rename(draft, built);
  await writeFile(
    draft,
    JSON.stringify({ file_format_version: '1.0.0', ICD: { library_path: built, api_version: '1.3.0' } }),
  );
  await rename(draft, manifest);
  return manifest;
}

async function llvmpipeLibrary(): Promise<string | undefined> {
  for (const folder of DRIVERS) {
    for (const name of await readdir(folder).catch(() => [])) {
      if (!/^lvp_icd.*\.json$/.test(name)) continue;
      const { ICD } = JSON.parse(await readFile(join(folder, name), 'utf8')) as {
        ICD: { library_path: string };
      };
      const places = ICD.library_path.includes('/')
        ? [ICD.library_path]
        : LIBRARIES.map((place) => join(place, ICD.library_path));
      for (const place of places) if (await isThere(place)) return place;
    }
  }
  return undefined;
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
