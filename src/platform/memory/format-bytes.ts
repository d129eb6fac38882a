const MIB = 2 ** 20;
const GIB = 2 ** 30;

/** Bytes as an operator reads them: `less than 1 MiB`, `512 MiB`, `6.3 GiB`. */
export function formatBytes(bytes: number): string {
  if (bytes < MIB) return 'less than 1 MiB';
  const mebibytes = Math.round(bytes / MIB);
  return mebibytes < GIB / MIB ? `${mebibytes} MiB` : `${(bytes / GIB).toFixed(1)} GiB`;
}
