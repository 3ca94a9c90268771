# Siskin's own image: `server` and `worker` run from it (see docker-compose.yml).
# A host without a container registry makes the images it needs by deploy-templates/compose/make-local-images.mjs,
# which builds this same file with NODE_IMAGE=siskin-base:local and a context that brings dist and node_modules
# (in prebuilt/).
ARG NODE_IMAGE=node:20-bookworm-slim

FROM ${NODE_IMAGE} AS build
LABEL siskin.image=true
WORKDIR /siskin
COPY package.json package-lock.json prebuil[t] ./
RUN test -d node_modules || npm ci --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY scripts/make-executable.mjs scripts/
COPY src src
COPY workers workers
RUN test -f dist/.built || { npm run build && npm prune --omit=dev --no-audit --no-fund; }

FROM ${NODE_IMAGE}
LABEL siskin.image=true
RUN { command -v git && command -v ssh; } > /dev/null \
  || { apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates git openssh-client \
    && rm -rf /var/lib/apt/lists/*; }
WORKDIR /siskin
COPY --from=build /siskin/package.json ./
COPY --from=build /siskin/node_modules node_modules
COPY --from=build /siskin/dist dist
COPY deploy-templates deploy-templates
# Volumes take over these folders' owner when they are first mounted.
RUN mkdir -p /var/lib/siskin /run/siskin/haproxy /etc/siskin \
  && chown -R 1000:1000 /var/lib/siskin /run/siskin \
  && chmod 0755 /siskin/dist/src/cli/main.js \
  && ln -s /siskin/dist/src/cli/main.js /usr/local/bin/siskin
ENV NODE_ENV=production
# The engine's socket belongs to a group of the host: `--group-add` or `group_add` gives it to the worker.
USER 1000:1000
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
  CMD ["node", "/siskin/deploy-templates/compose/healthcheck.mjs"]
ENTRYPOINT ["node", "/siskin/dist/src/cli/main.js"]
CMD ["--help"]
