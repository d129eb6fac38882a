import { autoOr, dtype, oneOf, positive, setting, text } from './rules.ts';

/** Which model, and how it is run. */
export const modelSettings = {
  RERANK_MODEL: setting(text.default('local://demo'), 'what to start with when there is no last good model'),
  RERANK_MODELS_DIR: setting(
    text.default('./models'),
    'where models may come from; several with `:` between them',
  ),
  RERANK_STATE_DIR: setting(
    text.default('./data'),
    'the last good model, and private copies of the models in the history with their compiled graphs',
  ),
  RERANK_DEVICE: setting(
    oneOf('auto', 'cpu', 'cuda', 'webgpu').default('auto'),
    '`cpu`, `cuda`, `webgpu`; `auto` takes CUDA where its provider is installed (`npm run setup:cuda`), else the CPU',
  ),
  RERANK_GPU_FALLBACK: setting(
    oneOf('none', 'cpu').default('none'),
    'what `RERANK_DEVICE=auto` does when the CUDA provider is installed and does not work, at the start or later: `none` does not start, or refuses requests, and says why; `cpu` serves many times slower. See operations.md',
  ),
  RERANK_DTYPE: setting(
    dtype.default('auto'),
    '`fp32`, `fp16`, `int8`: what a checkpoint is compiled to, or which export is taken; `auto` is int8 on a CPU and fp16 on a GPU if that ranks as fp32 does, else fp32, and the first export there is',
  ),
  RERANK_ENGINES: setting(
    autoOr(positive.max(256)).default('auto'),
    'engine processes; `auto` measures, once for each model and machine, what is fastest within the cgroup quota, the affinity mask and the memory: many engines of one thread, or fewer of several; the log says what and why',
  ),
  RERANK_THREADS: setting(
    autoOr(positive.max(256)).default('auto'),
    'threads of each engine; `auto` as above',
  ),
  RERANK_MAX_LENGTH: setting(
    autoOr(positive.min(16, { error: 'must be at least 16' })).default('auto'),
    "tokens of a (query, document) pair; `auto` is the model's limit, at most 1024. Longer documents are cut",
  ),
  RERANK_MAX_BATCH_TOKENS: setting(
    autoOr(positive).default('auto'),
    'tokens of one batch; `auto` is 16,384 with CUDA, 4,096 with WebGPU, one pair in int8, and measured elsewhere',
  ),
} as const;
