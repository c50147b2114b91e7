FROM node:24-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc tsconfig.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY src src
COPY jobs jobs
COPY scripts scripts
COPY schemas schemas
COPY dag-templates dag-templates
COPY LICENSE catalog.yaml ./
RUN npm run build

# Everything that the image adds to its base, readable by any user whatever the umask of the clone was.
# Of node_modules only what can't be bundled: the machine code of @node-rs/crc32, for this processor alone. DuckDB is left out.
RUN mkdir -p /image/app/node_modules /image/usr/local/bin \
 && cp -R LICENSE package.json catalog.yaml schemas dag-templates dist /image/app/ \
 && cp -R node_modules/@node-rs /image/app/node_modules/ \
 && chmod -R a+rX /image \
 && ln -s /app/dist/src/main.js /image/usr/local/bin/sluice \
 && install -d -m 1777 /image/spool

FROM node:24-bookworm-slim
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="sluice" \
      org.opencontainers.image.description="Mixed NDJSON logs into typed warehouse tables, an hour at a time" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.base.name="docker.io/library/node:24-bookworm-slim"
# V8's heap is half of the container's memory limit; see docs/decisions/0014-memory-limits-in-words.md.
ENV NODE_ENV=production \
    NODE_OPTIONS=--max-old-space-size-percentage=50 \
    SLUICE_SPOOL=/spool \
    TMPDIR=/spool
COPY --from=build /image/ /
WORKDIR /app
VOLUME /spool
USER 1000:1000
ENTRYPOINT ["sluice"]
