/** @type {import('next').NextConfig} */
export default {
  poweredByHeader: false,
  reactStrictMode: true,
  // Server-sent events must not be buffered by a compressor; a reverse proxy compresses better anyway.
  compress: false,
  // Native or worker-based packages are loaded from node_modules, not bundled into the server.
  serverExternalPackages: [
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
};
