/** @type {import('next').NextConfig} */
export default {
  poweredByHeader: false,
  reactStrictMode: true,
  // `npm run verify` checks types, tests included; who only starts the product need not wait for it.
  typescript: { ignoreBuildErrors: true },
  experimental: {
    // Nothing reads the 140 MB of source maps that a build would make: Node runs the server without them.
    turbopackSourceMaps: false,
    // Few requests for a first page, even if pages then share less: the code of a page is loaded when its link is reached.
    turbopackChunking: { minChunkSize: 400_000, maxMergeChunkSize: 1_000_000, maxChunkCountPerGroup: 3 },
  },
  // All but what says `no-transform` (event streams, which must not be buffered, and files, of which parts are sent), and
  // JSON lines, whose type the compressor does not know. Built scripts and styles are compressed by the build.
  compress: true,
  // Native or worker-based packages are loaded from node_modules, not bundled into the server.
  serverExternalPackages: [
    '@opentelemetry/context-async-hooks',
    '@opentelemetry/core',
    '@opentelemetry/exporter-trace-otlp-http',
    '@opentelemetry/exporter-trace-otlp-proto',
    '@opentelemetry/resources',
    '@opentelemetry/sdk-trace-base',
    '@bull-board/api',
    '@bull-board/ui',
    'bullmq',
    'ioredis',
    'pg',
    'pg-copy-streams',
    'pino',
    '@prisma/client',
    '@prisma/adapter-pg',
    'pdfjs-dist',
    'mammoth',
  ],
  // Where scrapers look for it.
  rewrites: async () => [
    { source: '/metrics', destination: '/api/metrics' },
    // Browsers ask for it when a page has not said yet what its icon is.
    { source: '/favicon.ico', destination: '/icon.svg' },
    { source: '/admin/queues', destination: '/api/admin/queues/board' },
    { source: '/admin/queues/:path*', destination: '/api/admin/queues/:path*' },
  ],
};
