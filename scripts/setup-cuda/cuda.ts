/** Major versions of CUDA that ONNX Runtime is released for. */
export type Cuda = 12 | 13;

export const DEFAULT_CUDA: Cuda = 13;
