import { createClient } from './lib/demo-client.mjs';
import { openKey, reachProduct } from './lib/demo-product.mjs';
import { runDemo } from './lib/demo-run.mjs';
import { report, StartError } from './lib/failure.mjs';

/** @type {Promise<never>} */
const interrupted = new Promise((_resolve, reject) => {
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(name, () => reject(new StartError('The demo was interrupted.')));
  }
});

/** `npm run demo`: real documents through the real product, and every count compared. */
async function demo() {
  const product = await Promise.race([reachProduct(), interrupted]);
  try {
    const { key, revoke } = openKey(product);
    try {
      return await Promise.race([runDemo(createClient(product.url, key), product.url), interrupted]);
    } finally {
      revoke();
    }
  } finally {
    await product.stop();
  }
}

const code = await demo().then(
  (differences) => {
    if (differences.length === 0) {
      console.log('\nAll counts agree. `npm start`, then sign in to see the batch.');
      return 0;
    }
    console.error(`\nThese do not agree:\n${differences.map((line) => `  ${line}`).join('\n')}`);
    return 1;
  },
  (error) => {
    report(error);
    return 1;
  },
);
// After an interruption the event stream may still be open.
process.exit(code);
