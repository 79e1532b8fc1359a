import { createClient } from './lib/demo-client.mjs';
import { openKey, reachProduct } from './lib/demo-product.mjs';
import { runDemo } from './lib/demo-run.mjs';
import { report } from './lib/failure.mjs';

for (const [name, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
]) {
  // What was started for the demo is told by the exit handler, and by the closing of its channel.
  process.once(name, () => process.exit(code));
}

/** `npm run demo`: real documents through the real product, and every count compared. */
async function demo() {
  const product = await reachProduct();
  try {
    const { key, revoke } = openKey(product);
    try {
      return await runDemo(createClient(product.url, key), product.url);
    } finally {
      revoke();
    }
  } finally {
    await product.stop();
  }
}

try {
  const differences = await demo();
  if (differences.length) {
    console.error(`\nThese do not agree:\n${differences.map((line) => `  ${line}`).join('\n')}`);
    process.exitCode = 1;
  } else {
    console.log('\nAll counts agree. `npm start`, then sign in to see the batch.');
  }
} catch (error) {
  report(error);
  process.exitCode = 1;
}
