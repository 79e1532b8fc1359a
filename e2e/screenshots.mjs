// Takes the picture of the README from a running product:
//   URL=http://127.0.0.1:3000 KEY=… EMAIL=… PASSWORD=… node e2e/screenshots.mjs
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright';

const { URL: url = 'http://127.0.0.1:3000', KEY: key, EMAIL: email, PASSWORD: password } = process.env;
const OUT = 'docs/images';
const ITEMS = 240;

/**
 * Markdown files that the installed packages ship: real documents, on every machine.
 * @param {string} folder
 * @returns {Generator<string>}
 */
function* markdown(folder, depth = 0) {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat?.isDirectory() && depth < 3) yield* markdown(path, depth + 1);
    else if (stat?.isFile() && name.endsWith('.md') && stat.size > 2000 && stat.size < 60_000) yield path;
  }
}

/**
 * @param {string} method
 * @param {string} path
 * @param {string} body
 * @param {Record<string, string>} [headers]
 * @returns {Promise<Record<string, string>>} the fields of the answer that are text
 */
async function call(method, path, body, headers = {}) {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, ...headers },
    body,
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return /** @type {Promise<Record<string, string>>} */ (response.json());
}

const json = { 'content-type': 'application/json' };
/**
 * @param {string} name
 * @param {string} content
 */
const upload = async (name, content) =>
  (await call('POST', '/api/files', content, { 'x-filename': encodeURIComponent(name) })).fileId;

const items = [];
for (const path of markdown('node_modules')) {
  if (items.length >= ITEMS) break;
  items.push({ title: path.replace('node_modules/', ''), text: readFileSync(path, 'utf8') });
}
for (const at of [17, 61, 122, 123, 124, 183, 200])
  items[at] = { fileId: await upload(`scan-${at}.pdf`, '%PDF-1.7 cut off') };
for (const at of [90, 91, 150]) items[at] = { fileId: await upload(`note-${at}.txt`, '') };

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-background-networking'],
});
const context = await browser.newContext({
  baseURL: url,
  viewport: { width: 1360, height: 900 },
  deviceScaleFactor: 1.5,
  extraHTTPHeaders: { origin: url },
});
const signedIn = await context.request.post('/api/auth/sign-in/email', { data: { email, password } });
if (!signedIn.ok()) throw new Error(`Sign-in was refused: ${signedIn.status()}`);
await context.setExtraHTTPHeaders({});
const page = await context.newPage();
mkdirSync(OUT, { recursive: true });

const options = { ratePerMinute: 1500, maxAttempts: 1 };
const { batchId } = await call(
  'POST',
  '/api/batches',
  JSON.stringify({ name: 'embed-handbook', type: 'document-processing', items, options }),
  json,
);
await page.goto(`/batches/${batchId}`);
const completed = page.locator('[data-counter="completed"]').first();
while (Number(/\d+/.exec((await completed.textContent()) ?? '')?.[0]) <= 140) await page.waitForTimeout(200);
await page.screenshot({ path: join(OUT, 'batch.png') });
await browser.close();
