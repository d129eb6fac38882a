# docker build -t rerankd .                       CPU, x64 and arm64
# docker build -t rerankd:cuda --target cuda .    NVIDIA GPU, x64 (docs/deployment.md, "GPU")

# glibc, not musl: onnxruntime-node has no musl build.
ARG NODE_IMAGE=node:24.21.0-bookworm-slim
# The CUDA provider below is linked against this major version, and opens cuDNN 9.
ARG CUDA_IMAGE=nvidia/cuda:13.0.2-cudnn-runtime-ubuntu24.04

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# No install scripts: they would fetch a second Node, which only a checkout on another Node needs.
RUN npm ci --ignore-scripts
COPY tsconfig.json ./
COPY src ./src
RUN npm run build

FROM ${NODE_IMAGE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# Both native packages bring the binaries of every platform: 300 of 376 MB are for others.
RUN npm ci --omit=dev --ignore-scripts \
 && arch=$(node -p process.arch) \
 && find node_modules/onnxruntime-node/bin/napi-v6 -mindepth 2 -maxdepth 2 -not -path "*/linux/${arch}" -exec rm -rf {} + \
 && find node_modules/tokenizers -name '*.node' -not -name "*.linux-${arch}-gnu.node" -delete

# A folder with an archive takes this stage's place with --build-context cuda-archive=DIR: for builds without network.
FROM scratch AS cuda-archive
COPY package.json /

FROM build AS cuda-provider
# 12 needs a CUDA_IMAGE of that version.
ARG CUDA=13
# Another source, an https: URL (a file is not seen by the build: see above), and its digest where it is not in scripts/setup-cuda/known-archives.ts.
ARG ORT_CUDA_ARCHIVE=
ARG ORT_CUDA_SHA256=
COPY scripts ./scripts
# The cache saves the download when only the sources changed: what lies there already is checked by its digests.
RUN --mount=type=bind,from=cuda-archive,target=/archive \
    --mount=type=cache,target=/cache,sharing=locked \
    archive=$(find /archive -maxdepth 1 \( -name '*.tgz' -o -name '*.whl' -o -name '*.nupkg' \)) \
 && if [ "$(printf '%s' "${archive}" | wc -l)" -gt 0 ]; then \
      echo "there is more than one archive in cuda-archive:" ${archive} >&2; exit 1; fi \
 && ORT_CUDA_ARCHIVE="${archive:-${ORT_CUDA_ARCHIVE}}" \
    node scripts/setup-cuda.ts --cuda "${CUDA}" --into "/cache/cuda${CUDA}" \
 && mkdir /provider \
 && cp "/cache/cuda${CUDA}"/*.so "/cache/cuda${CUDA}"/*.json /provider/

FROM ${CUDA_IMAGE} AS cuda
LABEL org.opencontainers.image.title="rerankd" \
      org.opencontainers.image.description="Reranker server that changes its model under load (CUDA)"
RUN groupadd --gid 10001 rerankd \
 && useradd --uid 10001 --gid 10001 --no-create-home --shell /usr/sbin/nologin rerankd \
 && install -d -o 10001 -g 10001 /data \
 && install -d /models
WORKDIR /app
COPY --from=build /usr/local/bin/node /usr/local/bin/node
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=cuda-provider /provider/ ./node_modules/onnxruntime-node/bin/napi-v6/linux/x64/
COPY package.json ./
COPY models ./models
COPY --from=build /app/dist ./dist
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8000 RERANK_STATE_DIR=/data RERANK_MODELS_DIR=/models:/app/models \
    RERANK_DEVICE=cuda
USER 10001:10001
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=5m \
  CMD ["node", "-e", "require(`node:http${process.env.RERANK_TLS_CERT ? 's' : ''}`).get({ host: '127.0.0.1', port: process.env.PORT, path: '/healthz', rejectUnauthorized: false }, (r) => process.exit(r.statusCode === 200 ? 0 : 1)).on('error', () => process.exit(1))"]
# The base's entrypoint prints a banner, which is no JSON log line.
ENTRYPOINT []
CMD ["node", "dist/main.js"]

# The last stage is the default.
FROM ${NODE_IMAGE} AS cpu
LABEL org.opencontainers.image.title="rerankd" \
      org.opencontainers.image.description="Reranker server that changes its model under load (CPU)"
# A fixed number, so that volumes can be prepared for it and Kubernetes can see that it isn't root.
RUN groupadd --gid 10001 rerankd \
 && useradd --uid 10001 --gid 10001 --no-create-home --shell /usr/sbin/nologin rerankd \
 && install -d -o 10001 -g 10001 /data \
 && install -d /models
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY package.json ./
COPY models ./models
COPY --from=build /app/dist ./dist
# /models is the operator's; the embedded models are found behind it, also when something is mounted there.
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8000 RERANK_STATE_DIR=/data RERANK_MODELS_DIR=/models:/app/models \
    RERANK_DEVICE=cpu
USER 10001:10001
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=5m \
  CMD ["node", "-e", "require(`node:http${process.env.RERANK_TLS_CERT ? 's' : ''}`).get({ host: '127.0.0.1', port: process.env.PORT, path: '/healthz', rejectUnauthorized: false }, (r) => process.exit(r.statusCode === 200 ? 0 : 1)).on('error', () => process.exit(1))"]
# Node as process 1 needs no init: it handles SIGTERM and SIGINT, and waits for the children it started.
CMD ["node", "dist/main.js"]
