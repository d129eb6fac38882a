const HEADER_BYTES = 64;
const SEGMENT_BYTES = 56;
const EM_X86_64 = 62;

export interface ElfOptions {
  /** 62 is x86-64. */
  readonly machine?: number;
  /** Makes files differ that are linked alike. */
  readonly content?: string;
}

/** A shared library (ELF, 64 bits) that is linked against others and does nothing: as small as `readelf -d` accepts it. */
export function elf(
  needed: readonly string[],
  { machine = EM_X86_64, content = '' }: ElfOptions = {},
): Buffer {
  const strings = Buffer.from(`\0${needed.map((name) => `${name}\0`).join('')}${content}\0`);
  const dynamicAt = HEADER_BYTES + 2 * SEGMENT_BYTES;
  const entries: [bigint, bigint][] = [];
  let at = 1;
  for (const name of needed) {
    entries.push([1n, BigInt(at)]);
    at += name.length + 1;
  }
  const stringsAt = dynamicAt + (entries.length + 3) * 16;
  entries.push([5n, BigInt(stringsAt)], [10n, BigInt(strings.length)], [0n, 0n]);
  const file = Buffer.alloc(stringsAt + strings.length);
  file.write('\x7fELF\x02\x01\x01', 'latin1');
  file.writeUInt16LE(3, 16);
  file.writeUInt16LE(machine, 18);
  file.writeUInt32LE(1, 20);
  file.writeBigUInt64LE(BigInt(HEADER_BYTES), 32);
  file.writeUInt16LE(HEADER_BYTES, 52);
  file.writeUInt16LE(SEGMENT_BYTES, 54);
  file.writeUInt16LE(2, 56);
  writeSegment(file, HEADER_BYTES, 1, 0, file.length);
  writeSegment(file, HEADER_BYTES + SEGMENT_BYTES, 2, dynamicAt, entries.length * 16);
  for (const [index, [tag, value]] of entries.entries()) {
    file.writeBigUInt64LE(tag, dynamicAt + index * 16);
    file.writeBigUInt64LE(value, dynamicAt + index * 16 + 8);
  }
  strings.copy(file, stringsAt);
  return file;
}

/** Addresses are offsets. */
function writeSegment(file: Buffer, at: number, type: number, offset: number, bytes: number): void {
  file.writeUInt32LE(type, at);
  file.writeUInt32LE(4, at + 4);
  for (const place of [8, 16, 24]) file.writeBigUInt64LE(BigInt(offset), at + place);
  for (const place of [32, 40]) file.writeBigUInt64LE(BigInt(bytes), at + place);
  file.writeBigUInt64LE(8n, at + 48);
}
