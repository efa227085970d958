# Targets: wasm (the default), cpu and cuda (with TensorFlow). What they hold and how to run them: docs/docker.md
#
# NODE_IMAGE compiles, and gives the node program; RUNTIME_IMAGE is what the server runs on. No command of the image is run
# on the latter, so a base without a shell does. Its C library must be as new as that of NODE_IMAGE.
ARG NODE_IMAGE=node:24-bookworm-slim
ARG RUNTIME_IMAGE=debian:bookworm-slim

FROM ${NODE_IMAGE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN --mount=type=cache,target=/var/cache/npm npm ci --cache /var/cache/npm

FROM dependencies AS build
COPY tsconfig.json ./
COPY scripts/build.mjs scripts/
COPY models models
COPY src src
RUN npm run build \
 && find dist -type f \( -name '*.map' -o -name '*.d.ts' \) -delete \
 && mkdir /data

# What runs: without development packages, and without files that only tools, browsers and other versions of Node read.
FROM dependencies AS production
RUN npm prune --omit=dev \
 && find node_modules -type f \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' -o -name '*.tsbuildinfo' \) -delete \
 && find node_modules/@tensorflow -type f \
      \( -name '*.min.js' -o -name '*.es2017.js' -o -name '*.fesm.js' -o -name '*.html' -o -name '*_test.js' \) -delete

FROM ${RUNTIME_IMAGE} AS runtime
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="blockserve" \
      org.opencontainers.image.description="Model server for Block-defined networks on TensorFlow.js" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
ENV NODE_ENV=production \
    HOME=/tmp \
    BLOCKSERVE_HOST=0.0.0.0 \
    BLOCKSERVE_PORT=8080 \
    BLOCKSERVE_DATA=/data
COPY --from=dependencies /usr/local/bin/node /usr/local/bin/node
WORKDIR /app
COPY LICENSE package.json ./
COPY --from=build /app/dist/src dist/src
COPY --from=build /app/dist/models dist/models
COPY proto proto
COPY --from=build --chown=1000:1000 /data /data
# A number, so that a cluster sees that it is not root.
USER 1000:1000
VOLUME /data
EXPOSE 8080 8081
HEALTHCHECK --interval=30s --timeout=5s --start-period=120s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.BLOCKSERVE_PORT}/health/ready`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "dist/src/main.js"]

FROM production AS production-wasm
RUN npm pkg delete 'dependencies.@tensorflow/tfjs-node-gpu' \
 && npm prune --omit=dev --offline

FROM runtime AS wasm
COPY --from=production-wasm /app/node_modules node_modules

FROM dependencies AS toolchain
RUN apt-get update \
 && apt-get install -y --no-install-recommends binutils ca-certificates g++ python3-pip \
 && rm -rf /var/lib/apt/lists/*
# Options of the script, such as --no-cuda-libs where RUNTIME_IMAGE brings CUDA and cuDNN.
ARG NATIVE_OPTIONS=
# Only what the script loads, so that a change elsewhere does not download TensorFlow again.
COPY --from=build /app/dist/src/errors.js /app/dist/src/folders.js /app/dist/src/tensor.js dist/src/
COPY --from=build /app/dist/src/backend dist/src/backend
COPY --from=build /app/dist/src/provision dist/src/provision

FROM toolchain AS native-cpu
RUN node dist/src/provision/main.js --dir /native ${NATIVE_OPTIONS}

FROM runtime AS cpu
COPY --from=production /app/node_modules node_modules
COPY --from=native-cpu /native /opt/blockserve/native
ENV BLOCKSERVE_NATIVE=/opt/blockserve/native

FROM toolchain AS native-cuda
RUN node dist/src/provision/main.js --cuda --dir /native ${NATIVE_OPTIONS}

FROM runtime AS cuda
COPY --from=production /app/node_modules node_modules
COPY --from=native-cuda /native /opt/blockserve/native
# The first two are read by NVIDIA's container toolkit. Kernels compiled at the first start are kept with the data.
ENV NVIDIA_VISIBLE_DEVICES=all \
    NVIDIA_DRIVER_CAPABILITIES=compute,utility \
    CUDA_CACHE_PATH=/data/cuda-cache \
    BLOCKSERVE_NATIVE=/opt/blockserve/native
LABEL org.opencontainers.image.licenses="Apache-2.0 AND LicenseRef-NVIDIA-Proprietary"

# Without a target.
FROM wasm
