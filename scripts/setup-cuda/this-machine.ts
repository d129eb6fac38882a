import { SetupError } from './errors.ts';

/** @throws SetupError where ONNX Runtime has no CUDA provider for a system. */
export function checkPlatform(platform: string, arch: string, glibc: string | undefined): void {
  if (platform !== 'linux' || arch !== 'x64') {
    throw new SetupError(
      `the CUDA provider is for Linux on x64, and this is ${platform} on ${arch}. RERANK_DEVICE=webgpu uses other GPUs.`,
    );
  }
  if (glibc === undefined)
    throw new SetupError('onnxruntime-node needs glibc, and this system has another C library');
}

/** Of this process; undefined with musl. */
export function glibcVersion(): string | undefined {
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  return header.glibcVersionRuntime;
}
