# The bridge in one image: Node 26, no build step, not root, nothing to write but /data.
FROM node:26-slim

ENV NODE_ENV=production \
    BRIDGE_DATABASE_URL=sqlite:/data/bridge.db \
    BRIDGE_ADMIN_HOST=0.0.0.0
WORKDIR /app

# The image has its Node; the one that the lockfile brings is left out.
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --omit=optional && npm cache clean --force
COPY tsconfig.json ./
COPY src ./src

RUN mkdir /data && chown node:node /data
VOLUME /data
USER node
EXPOSE 8080 8081
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8080/readyz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "--disable-proto=delete", "--max-semi-space-size=16", "src/main.ts"]
CMD ["serve"]
