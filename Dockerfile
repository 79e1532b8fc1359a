# syntax=docker/dockerfile:1
# The image of Batchyard: docker build --tag batchyard .   How to use it: docs/deploy.md

FROM node:22-bookworm-slim AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY . .
RUN npm run pack
# Own work is one folder deeper, so that what it installs is beside the product and does not touch it.
WORKDIR /app
RUN npm install --ignore-scripts --omit=dev --no-package-lock /src/dist/packages/batchyard-*.tgz
# The account of the product may not write here, so the links among Postgres's libraries are made now.
RUN node --eval "import('/app/node_modules/batchyard/scripts/lib/postgres-binaries.mjs').then((all) => all.restoreLinks())"
RUN mkdir yard && echo '{ "private": true, "type": "module" }' > yard/package.json

FROM node:22-bookworm-slim
# Node as process 1 would not reap the processes that a killed supervisor leaves.
RUN apt-get update && apt-get install --yes --no-install-recommends tini && rm -rf /var/lib/apt/lists/*
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 DATA_DIR=/data PATH=/app/node_modules/.bin:$PATH
COPY --from=build /app /app
# A volume begins with the owner that its folder has here. Files may be a volume of their own, shared by all containers.
RUN install --directory --owner=node --group=node --mode=700 /data /data/files
WORKDIR /app/yard
USER node
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=15s --timeout=10s --start-period=3m --retries=4 CMD ["batchyard", "health"]
ENTRYPOINT ["tini", "--"]
# Or one part: batchyard start web, batchyard start workers
CMD ["batchyard", "start"]
