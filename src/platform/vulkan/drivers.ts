import { join } from 'node:path';

/** Names in a folder; none where there is no such folder. */
type Entries = (directory: string) => Promise<readonly string[]>;

/** Where the loader looks (LoaderDriverInterface.md, "Linux Driver Discovery"), besides the folders of a desktop's user. */
const DRIVER_FOLDERS = ['/usr/share/vulkan/icd.d', '/etc/vulkan/icd.d', '/usr/local/share/vulkan/icd.d'];

/** Drivers that compute on the CPU. */
const SOFTWARE = /lvp_|swrast|swiftshader|llvmpipe/i;

/** The files by which the Vulkan loader finds drivers. Those that are named replace those of the folders. */
export async function driverFiles(
  env: Readonly<Record<string, string>>,
  entries: Entries,
): Promise<readonly string[]> {
  const named = listed(env['VK_DRIVER_FILES'] ?? env['VK_ICD_FILENAMES']);
  if (named.length > 0) return named;
  const found = await Promise.all(
    DRIVER_FOLDERS.map(async (folder) => (await entries(folder)).map((name) => join(folder, name))),
  );
  return [...listed(env['VK_ADD_DRIVER_FILES']), ...found.flat()].filter((path) => path.endsWith('.json'));
}

/** @param path of a driver's file */
export function isSoftwareDriver(path: string): boolean {
  return SOFTWARE.test(path);
}

/** Devices through which drivers reach cards. */
export async function cardNodes(entries: Entries): Promise<readonly string[]> {
  const [dri = [], dev = []] = await Promise.all(['/dev/dri', '/dev'].map(entries));
  return [
    ...dri.filter((name) => name.startsWith('renderD')).map((name) => join('/dev/dri', name)),
    // dxg is the card of the host under WSL.
    ...dev.filter((name) => /^(nvidia\d+|dxg)$/.test(name)).map((name) => join('/dev', name)),
  ];
}

/** Of a variable with paths. */
function listed(text = ''): string[] {
  return text.split(':').filter((path) => path !== '');
}
