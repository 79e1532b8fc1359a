import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const repository = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');

/** The component catalogue, for development only: `npm run catalogue`. The product does not import it. */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  cacheDir: `${repository}/node_modules/.vite/catalogue`,
  resolve: { alias: { '@': repository } },
  define: { 'process.env': {} },
  server: { host: '127.0.0.1', port: 6006, fs: { allow: [repository] } },
});
