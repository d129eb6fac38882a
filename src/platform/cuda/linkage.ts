import { type FileHandle, open } from 'node:fs/promises';

/** Names from the ELF specification (System V ABI, "Object Files" and "Dynamic Section"). */
const PT_LOAD = 1;
const PT_DYNAMIC = 2;
const DT_NEEDED = 1n;
const DT_STRTAB = 5n;
const DT_STRSZ = 10n;
/** Of the header: x86-64 and arm64. */
export const EM_X86_64 = 62;

const HEADER_BYTES = 64;
const SEGMENT_BYTES = 56;
const DYNAMIC_ENTRY_BYTES = 16;
/** Of a table that a linker wrote; more is no library. */
const MAX_TABLE_BYTES = 16 * 2 ** 20;

interface Segment {
  readonly type: number;
  readonly offset: number;
  readonly address: number;
  readonly bytes: number;
}

/** What a shared library says of itself. */
export interface Linkage {
  /** The processor that it is for: `EM_X86_64` and others. */
  readonly machine: number;
  /** The names of the libraries that it is linked against. */
  readonly needed: readonly string[];
}

/**
 * What `readelf -hd` would say of a shared library (ELF, 64 bits, little-endian), read without loading it.
 * @throws Error when it is no such file.
 */
export async function readLinkage(path: string): Promise<Linkage> {
  await using file = await open(path);
  const header = await readHeader(file, path);
  return { machine: header.readUInt16LE(18), needed: await readNeeded(file, header, path) };
}

async function readHeader(file: FileHandle, path: string): Promise<Buffer> {
  const header = await readAt(file, 0, HEADER_BYTES);
  const isElf = header.length === HEADER_BYTES && header.readUInt32BE(0) === 0x7f454c46;
  if (!isElf || header[4] !== 2 || header[5] !== 1)
    throw new Error(`${path} is no 64-bit little-endian ELF file`);
  return header;
}

async function readNeeded(file: FileHandle, header: Buffer, path: string): Promise<readonly string[]> {
  const segments = await readSegments(file, header, path);
  const dynamic = segments.find(({ type }) => type === PT_DYNAMIC);
  if (dynamic === undefined) return [];
  const entries = await readAt(file, dynamic.offset, dynamic.bytes);
  const values = (wanted: bigint): number[] => {
    const found: number[] = [];
    for (let at = 0; at + DYNAMIC_ENTRY_BYTES <= entries.length; at += DYNAMIC_ENTRY_BYTES) {
      if (entries.readBigInt64LE(at) === wanted) found.push(Number(entries.readBigUInt64LE(at + 8)));
    }
    return found;
  };
  const [[address], [bytes]] = [values(DT_STRTAB), values(DT_STRSZ)];
  if (address === undefined || bytes === undefined) return [];
  const strings = await readAt(file, offsetOf(segments, address, path), bytes);
  return values(DT_NEEDED).map((start) => strings.toString('latin1', start, strings.indexOf(0, start)));
}

async function readSegments(file: FileHandle, header: Buffer, path: string): Promise<Segment[]> {
  const [start, size, count] = [
    Number(header.readBigUInt64LE(32)),
    header.readUInt16LE(54),
    header.readUInt16LE(56),
  ];
  const table = await readAt(file, start, size * count);
  if (size < SEGMENT_BYTES || table.length < size * count) throw new Error(`${path} is cut short`);
  return Array.from({ length: count }, (_, index) => {
    const at = index * size;
    return {
      type: table.readUInt32LE(at),
      offset: Number(table.readBigUInt64LE(at + 8)),
      address: Number(table.readBigUInt64LE(at + 16)),
      bytes: Number(table.readBigUInt64LE(at + 32)),
    };
  });
}

function offsetOf(segments: readonly Segment[], address: number, path: string): number {
  const segment = segments.find(
    (candidate) =>
      candidate.type === PT_LOAD &&
      address >= candidate.address &&
      address < candidate.address + candidate.bytes,
  );
  if (segment === undefined) throw new Error(`${path} has no segment at ${address}`);
  return segment.offset + address - segment.address;
}

async function readAt(file: FileHandle, position: number, bytes: number): Promise<Buffer> {
  if (bytes > MAX_TABLE_BYTES) throw new Error(`a table of ${bytes} bytes is too large`);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, position);
  return buffer.subarray(0, bytesRead);
}
