import { describe, expect, it } from 'vitest';
import { howToGet } from '../../../src/platform/cuda/library-packages.ts';

describe('how to get a missing library', () => {
  it('names the packages of CUDA 13, each once', () => {
    const text = howToGet(['libcublasLt.so.13', 'libcublas.so.13', 'libcudart.so.13', 'libcudnn.so.9'], 13);
    expect(text).toContain('apt-get install libcublas-13-0 cuda-cudart-13-0 libcudnn9-cuda-13 (');
    expect(text).toContain('pip install nvidia-cublas nvidia-cuda-runtime nvidia-cudnn-cu13 and');
  });

  it('names those of CUDA 12, whose wheels carry the version', () => {
    const text = howToGet(['libcufft.so.11', 'libcurand.so.10', 'libcudnn.so.9'], 12);
    expect(text).toContain('apt-get install libcufft-12-8 libcurand-12-8 libcudnn9-cuda-12 (');
    expect(text).toContain('pip install nvidia-cufft-cu12 nvidia-curand-cu12 nvidia-cudnn-cu12 and');
  });

  it('has the driver bring its own, and no package for what it does not know', () => {
    expect(howToGet(['libcuda.so.1'], 13)).toMatch(/^libcuda\.so\.1 comes with the driver/);
    expect(howToGet(['libnvinfer.so.10'], 13)).toBe('Look for a package with libnvinfer.so.10.');
  });
});
