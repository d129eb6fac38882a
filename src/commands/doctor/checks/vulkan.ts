import { type Check, ok, warning } from '../check.ts';

const DRIVER_FOLDERS = ['/usr/share/vulkan/icd.d', '/etc/vulkan/icd.d', '/usr/local/share/vulkan/icd.d'];

/** Drivers that compute on the CPU. */
const SOFTWARE = /lvp_|swrast|swiftshader/i;

/** Is there a Vulkan driver for RERANK_DEVICE=webgpu? */
export const vulkanCheck: Check = {
  name: 'Vulkan',
  async look({ config, env, machine }) {
    if (machine.platform !== 'linux') return [ok('not looked for on this system')];
    const named = (env['VK_DRIVER_FILES'] ?? env['VK_ICD_FILENAMES'] ?? '')
      .split(':')
      .filter((path) => path !== '');
    const found = [...named, ...(await Promise.all(DRIVER_FOLDERS.map(machine.entries))).flat()];
    const drivers = found.filter((name) => !SOFTWARE.test(name));
    if (drivers.length > 0) return [ok(`drivers: ${drivers.join(', ')}`)];
    if (config.device !== 'webgpu') return [ok('no driver; only RERANK_DEVICE=webgpu would need one')];
    return [
      warning(
        found.length > 0
          ? `only software drivers: ${found.join(', ')}`
          : 'RERANK_DEVICE=webgpu, and no driver is installed',
        'Install the Vulkan driver of the GPU (with it comes libvulkan.so.1), or use RERANK_DEVICE=cpu.',
      ),
    ];
  },
};
