import { createHash } from 'node:crypto';
import { PROVIDER, PROVIDER_BRIDGE, type ProviderFile } from '../../../src/platform/cuda/provider-files.ts';
import { type ArchiveEntry, tgzOf, zipOf } from './archives.ts';
import { elf } from './elf.ts';

export interface SomeProvider {
  /** Of ONNX Runtime. */
  readonly version?: string;
  readonly cuda?: 12 | 13;
  readonly machine?: number;
}

export function sha256(bytes: Buffer | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Two libraries linked like the real ones. */
export function providerFiles({
  version = '1.30.0',
  cuda = 13,
  machine,
}: SomeProvider = {}): Record<ProviderFile, Buffer> {
  const options = { content: `ONNX Runtime ${version}`, ...(machine !== undefined && { machine }) };
  const needed = ['libcublasLt', 'libcublas', 'libcudart'].map((name) => `${name}.so.${cuda}`);
  return {
    [PROVIDER]: elf([...needed, 'libcurand.so.10', 'libcuda.so.1', 'libc.so.6'], options),
    [PROVIDER_BRIDGE]: elf(['libc.so.6'], options),
  };
}

/** An archive as ONNX Runtime is released, with a name of that kind. */
export interface SomeArchive {
  readonly name: string;
  readonly bytes: Buffer;
  readonly sha256: string;
}

export type ArchiveKind = 'release' | 'wheel' | 'nuget';

/** What else is in it does not matter; what matters is where the libraries are and where the version is said. */
export function providerArchive(
  kind: ArchiveKind,
  what: SomeProvider = {},
  more: readonly ArchiveEntry[] = [],
): SomeArchive {
  const { version = '1.30.0', cuda = 13 } = what;
  const files = providerFiles(what);
  const under = (folder: string): ArchiveEntry[] =>
    Object.entries(files).map(([name, content]) => ({ path: `${folder}/${name}`, content }));
  const top = `onnxruntime-linux-x64-gpu_cuda${cuda}-${version}`;
  const made = {
    release: () => ({
      name: `${top}.tgz`,
      bytes: tgzOf([
        { path: `${top}/LICENSE`, content: 'MIT' },
        ...under(`${top}/lib`),
        { path: `${top}/VERSION_NUMBER`, content: `${version}\n` },
        ...more,
      ]),
    }),
    wheel: () => ({
      name: `onnxruntime_gpu-${version}-cp313-cp313-manylinux_2_28_x86_64.whl`,
      bytes: zipOf([
        { path: 'onnxruntime/__init__.py', content: '' },
        ...under('onnxruntime/capi'),
        {
          path: `onnxruntime_gpu-${version}.dist-info/METADATA`,
          content: `Metadata-Version: 2.4\nName: onnxruntime-gpu\nVersion: ${version}\n`,
        },
        ...more,
      ]),
    }),
    nuget: () => ({
      name: `microsoft.ml.onnxruntime.gpu.linux.${version}.nupkg`,
      bytes: zipOf([
        {
          path: 'Microsoft.ML.OnnxRuntime.Gpu.Linux.nuspec',
          content: `<package><metadata><id>x</id><version>${version}</version></metadata></package>`,
        },
        ...under('runtimes/linux-x64/native'),
        ...more,
      ]),
    }),
  }[kind]();
  return { ...made, sha256: sha256(made.bytes) };
}
