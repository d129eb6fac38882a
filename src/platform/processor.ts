import { readFileSync } from 'node:fs';

/** What kernels choose their code by. */
export interface Processor {
  /** Architecture and the extensions that matter, e.g. `x64.avx512f.avx512_vnni.amx_int8`. */
  readonly isa: string;
  /** It multiplies bytes and sums them in 32 bits: full int8 weights can't overflow. */
  readonly hasInt8Dot: boolean;
}

/** Extensions by which ONNX Runtime's kernels (MLAS) choose code and the layout of packed weights, as Linux spells them. */
const EXTENSIONS = [
  'avx2',
  'avx_vnni',
  'avx512f',
  'avx512bw',
  'avx512_vnni',
  'amx_tile',
  'amx_int8',
  'asimddp',
  'i8mm',
  'bf16',
  'sve',
];

const INT8_DOT = ['avx_vnni', 'avx512_vnni', 'amx_int8', 'asimddp', 'i8mm'];

/**
 * Reads what this processor can do.
 * @param cpuinfo Linux's /proc/cpuinfo; elsewhere only the architecture is known.
 */
export function readProcessor(arch: string = process.arch, cpuinfo: string = readCpuinfo()): Processor {
  const [, flags = ''] = /^(?:flags|Features)\s*:(.*)$/m.exec(cpuinfo) ?? [];
  const has = new Set(flags.trim().split(/\s+/));
  const found = EXTENSIONS.filter((extension) => has.has(extension));
  // Every 64-bit Apple processor has the dot product, and macOS has no cpuinfo.
  const hasInt8Dot = INT8_DOT.some((extension) => has.has(extension)) || (arch === 'arm64' && cpuinfo === '');
  return { isa: [arch, ...found].join('.'), hasInt8Dot };
}

function readCpuinfo(): string {
  try {
    return readFileSync('/proc/cpuinfo', 'utf8');
  } catch {
    return '';
  }
}
