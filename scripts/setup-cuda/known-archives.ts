/** SHA-256 of archives, in hex, by their names. */
export type ArchiveDigests = Readonly<Record<string, string>>;

/**
 * Archives that may be unpacked without asking anybody, by the version of ONNX Runtime. The two release archives have the
 * digests that several public projects, independent of each other, pin for them; the wheel's was computed from the file that
 * PyPI serves. For a new version, `gh release view vX.Y.Z --repo microsoft/onnxruntime --json assets` prints those of the
 * release. Never add one that was only computed from what happened to be downloaded.
 */
export const knownArchives: Readonly<Record<string, ArchiveDigests>> = {
  '1.30.0': {
    'onnxruntime-linux-x64-gpu_cuda13-1.30.0.tgz':
      '382d79133112388cf94ce5855789b7c9bef12bef76a08b6b277e5a317213adcd',
    'onnxruntime-linux-x64-gpu_cuda12-1.30.0.tgz':
      'f9886932ee7bb0b4d3fcab736a392d4ff5efaa0672b47f19f0cec03437cf64f1',
    'onnxruntime_gpu-1.30.0-cp312-cp312-manylinux_2_28_x86_64.whl':
      '6acc0f4b3d5ac5f2984432faa59dd8fcce6775f8b43a7140afa0f322c7a703b1',
  },
};
