import { spawnSync } from 'node:child_process';
import { openKey, reachProduct } from './lib/demo-product.mjs';
import { report } from './lib/failure.mjs';
import { ROOT } from './lib/place.mjs';

/**
 * `npm run example -- <name>`: on the product that runs on DATA_DIR, or one that is started for it. With BATCHYARD_URL,
 * BATCHYARD_API_KEY and DATABASE_URL (and REDIS_URL, if it has one) on any other.
 * @param {string | undefined} name
 */
async function example(name) {
  const { BATCHYARD_URL: url, BATCHYARD_API_KEY: key, DATABASE_URL: databaseUrl } = process.env;
  if (url && key && databaseUrl) return run(name, { url, databaseUrl }, key);
  const product = await reachProduct();
  const made = openKey(product);
  try {
    return run(name, product, made.key);
  } finally {
    made.revoke();
    await product.stop();
  }
}

/**
 * @param {string | undefined} name
 * @param {{ url: string, databaseUrl?: string | undefined }} product
 * @param {string} key
 */
function run(name, { url, databaseUrl }, key) {
  const args = ['--import', 'tsx', 'examples/main.ts', name ?? '', url, key];
  const env = { LOG_LEVEL: 'warn', ...process.env, DATABASE_URL: databaseUrl };
  return spawnSync(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'], env }).status ?? 1;
}

process.exitCode = await example(process.argv[2]).catch((error) => {
  report(error);
  return 1;
});
