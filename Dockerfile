FROM node:24-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc tsconfig.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY src src
COPY jobs jobs
COPY scripts scripts
COPY schemas/catalog.schema.json schemas/
RUN npm run build && npm prune --omit=dev --ignore-scripts

FROM node:24-slim
LABEL org.opencontainers.image.title="sluice" \
      org.opencontainers.image.description="Mixed NDJSON logs into typed warehouse tables, an hour at a time" \
      org.opencontainers.image.licenses="Apache-2.0"
ENV NODE_ENV=production SLUICE_SPOOL=/spool
WORKDIR /app
COPY --from=build /build/package.json ./
COPY --from=build /build/node_modules node_modules
COPY --from=build /build/dist dist
COPY dag-templates dag-templates
COPY schemas schemas
COPY catalog.yaml ./
RUN ln -s /app/dist/src/main.js /usr/local/bin/sluice && mkdir /spool && chown 1000:1000 /spool
VOLUME /spool
USER 1000:1000
ENTRYPOINT ["sluice"]
