import { connect, disconnect } from '@/workers/models';
import { EXAMPLES } from './catalogue';

/** `main.ts <name> <url> <key>`, started by `npm run example` with the product's DATABASE_URL and REDIS_URL. */
const [name = '', url = '', key = ''] = process.argv.slice(2);
const say = (line: string) => console.log(line);

async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text.slice(0, 500)}`);
  return JSON.parse(text) as T;
}

async function main(): Promise<number> {
  const example = EXAMPLES[name];
  if (!example) {
    say(`Give the name of an example: ${Object.keys(EXAMPLES).join(', ')}.`);
    return 1;
  }
  try {
    await example({ call, context: await connect(key), say });
    say('Everything adds up.');
    return 0;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return 1;
  } finally {
    await disconnect();
  }
}

process.exitCode = await main();
