import { createReadStream } from 'node:fs';
import { basename, extname } from 'node:path';
import { Readable } from 'node:stream';
import { parseArgs } from 'node:util';
import { ApiError, type BatchEvent, type Client, createClient } from '@/lib/api-client/client';
import type { BatchDto } from '@/lib/contracts/batch';
import { print, printLog, shown } from './lib/cli-output';
import { chooseServer, type Login, login, logout, readKey, storedLogin } from './lib/login';
import { progressLine } from './lib/progress-bar.mjs';
import { isUnreachable, whyUnreachable } from './lib/unreachable';
import { UsageError } from './lib/usage-error';

// The commands of `batchyard` that talk to a running yard. Each prints for people, or with --json lines for programs.

const OPTIONS = {
  url: { type: 'string' },
  key: { type: 'string' },
  type: { type: 'string' },
  name: { type: 'string' },
  only: { type: 'string' },
  wait: { type: 'boolean' },
  force: { type: 'boolean' },
  follow: { type: 'boolean', short: 'f' },
  json: { type: 'boolean' },
} as const;

type Values = ReturnType<typeof parse>['values'];
const parse = (args: string[]) => parseArgs({ args, options: OPTIONS, allowPositionals: true });

const needed = (value: string | undefined, what: string): string => {
  if (!value) throw new UsageError(`${what} is missing. batchyard help lists the commands.`);
  return value;
};

/** @returns the exit code: 0 if every item of the batch is completed */
async function follow(client: Client, batchId: string, { json }: Values): Promise<number> {
  const live = process.stderr.isTTY && !json;
  let ended: BatchDto | undefined;
  for await (const message of client.watch(batchId)) {
    if (json) print(message);
    else if (live) process.stderr.write(`\r\x1b[2K${lineOf(message).slice(0, (process.stderr.columns || 100) - 1)}`);
    if (message.event === 'done') ended = message.data;
  }
  if (live) process.stderr.write('\n');
  if (!json && ended) {
    const { status, completed, failed, cancelled, total } = ended;
    console.log(`${status}: ${completed} of ${total} completed, ${failed} failed, ${cancelled} cancelled`);
  }
  return ended?.status === 'completed' ? 0 : 1;
}

const lineOf = ({ data }: BatchEvent): string => progressLine(data);

/** @returns the exit code: with `follow` 0 if all of it is completed */
async function logs(client: Client, id: string, { json, follow = false }: Values): Promise<number> {
  for await (const line of client.logs(id, { follow })) json ? print(line) : printLog(line);
  if (!follow) return 0;
  const status = await client.job(id).then(
    (job) => job.status,
    async () => (await client.batch(id)).status,
  );
  return status === 'completed' ? 0 : 1;
}

async function launch(client: Client, file: string, values: Values): Promise<number> {
  const type = needed(values.type, '--type');
  const contentType = {
    '.csv': 'text/csv',
    '.jsonl': 'application/x-ndjson',
    '.ndjson': 'application/x-ndjson',
  } as const;
  const known = contentType[extname(file).toLowerCase() as keyof typeof contentType];
  if (!known) throw new UsageError(`${file} must be a .csv with a header line, or .jsonl with an item on each line.`);
  const stream = createReadStream(file);
  const body = Readable.toWeb(stream) as ReadableStream<Uint8Array>;
  const launched = await client.launchStream(
    { name: values.name ?? basename(file), type, start: 'queue' },
    body,
    known,
  );
  if (values.json) print(launched);
  else console.log(`${launched.batchId}  ${launched.enqueuedCount} items`);
  return values.wait ? follow(client, launched.batchId, values) : 0;
}

async function run(command: string, [target]: string[], values: Values): Promise<number> {
  if (command === 'login') {
    console.log(await login(needed(target, 'The address of the server'), readKey));
    return 0;
  }
  if (command === 'logout') {
    console.log(logout());
    return 0;
  }
  const server = serverOf(values);
  try {
    return await callServer(createClient(server), command, target, values);
  } catch (error) {
    if (!isUnreachable(error)) throw error;
    throw new UsageError(`${server.url} can’t be reached: ${whyUnreachable(error)}.`);
  }
}

const serverOf = (flags: Values): Login =>
  chooseServer({
    flags,
    env: { url: process.env.BATCHYARD_URL, key: process.env.BATCHYARD_API_KEY },
    stored: storedLogin(),
    running: process.env.BATCHYARD_RUNNING_URL,
  });

async function callServer(
  client: Client,
  command: string,
  target: string | undefined,
  values: Values,
): Promise<number> {
  if (command === 'launch') return launch(client, needed(target, 'The file'), values);
  if (command === 'logs') return logs(client, needed(target, 'The id of the job or batch'), values);
  const batchId = needed(target, 'The id of the batch');
  if (command === 'watch') return follow(client, batchId, values);
  if (command === 'results') for await (const row of client.results(batchId)) print(row);
  if (command === 'errors') {
    const { groups } = await client.errors(batchId);
    for (const group of groups) values.json ? print(group) : console.log(`${group.count}  ${shown(group.message)}`);
  }
  if (command === 'retry') {
    const only = values.only === 'cancelled' ? 'cancelled' : 'failed';
    print(await client.retry(batchId, only));
    if (values.wait) return follow(client, batchId, values);
  }
  if (command === 'cancel') print(await client.cancel(batchId, { force: values.force ?? false }));
  return 0;
}

async function main([command = '', ...args]: string[]): Promise<number> {
  try {
    const { values, positionals } = parse(args);
    return await run(command, positionals, values);
  } catch (error) {
    if (error instanceof ApiError) {
      console.error(shown(error.message));
      for (const { row, path, message } of error.errors.slice(0, 20)) {
        console.error(shown(`${row === undefined ? '' : `row ${row} `}${path ?? ''} ${message}`, '  '));
      }
      return 1;
    }
    if (error instanceof UsageError || (error as NodeJS.ErrnoException).code) {
      console.error((error as Error).message);
      return 1;
    }
    throw error;
  }
}

process.exitCode = await main(process.argv.slice(2));
