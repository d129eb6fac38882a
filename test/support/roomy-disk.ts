import type { DiskSpace } from '../../src/store/download/blob.ts';

/** Has room for everything. */
export const roomyDisk: DiskSpace = { reserve: async () => ({ release: () => {} }) };
