import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const repository = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');

/** The catalogue of components, for development only: `npm run catalogue`. No page of the product imports it. */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  cacheDir: `${repository}/node_modules/.vite/catalogue`,
  resolve: { alias: { '@': repository } },
  define: { 'process.env': {} },
  server: { host: '127.0.0.1', port: 6006, fs: { allow: [repository] } },
});
