import { dirname, resolve } from 'node:path';

/** A directory with files of one controller. */
export interface CgroupDirectory {
  readonly version: 1 | 2;
  readonly path: string;
}

/** Where cgroup v2 is mounted: alone, or beside v1. */
const V2_MOUNTS = ['/sys/fs/cgroup', '/sys/fs/cgroup/unified'];

/**
 * The directories that may hold a controller's files for this process: of its own cgroup, then of every ancestor up to the
 * mount. Not all of them exist. A container often sees its cgroup's path on the host, while that very cgroup is mounted at the
 * root: the walk ends there, so it is found all the same.
 * @param membership the text of /proc/self/cgroup: lines of `id:controllers:path`, without controllers for v2 (cgroups(7)).
 */
export function cgroupDirectories(membership: string, controller: string): CgroupDirectory[] {
  return membership.split('\n').flatMap((line): CgroupDirectory[] => {
    const [, controllers, ...rest] = line.split(':');
    if (controllers === undefined) return [];
    const isV2 = controllers === '';
    if (!isV2 && !controllers.split(',').includes(controller)) return [];
    const mounts = isV2 ? V2_MOUNTS : [`/sys/fs/cgroup/${controllers}`];
    const paths = selfAndAncestors(rest.join(':'));
    return mounts.flatMap((mount) =>
      paths.map((path) => ({ version: isV2 ? 2 : 1, path: resolve(mount, `.${path}`) }) as const),
    );
  });
}

function selfAndAncestors(path: string): string[] {
  const parent = dirname(path);
  return parent === path ? [path] : [path, ...selfAndAncestors(parent)];
}
