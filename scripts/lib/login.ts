import { mkdirSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { ApiError } from '@/lib/api-client/client';
import type { ViewerDto } from '@/lib/contracts/system';
import { shown } from './cli-output';
import { readJson, writeJson } from './json-file.mjs';
import { whyUnreachable } from './unreachable';
import { UsageError } from './usage-error';

/** A server with the key to it. */
export interface Login {
  url: string;
  key: string;
}

const PATIENCE_MS = 15_000;
const KEY = /^[\x21-\x7e]{8,500}$/;
const WHERE_KEYS_ARE = 'Settings → API keys of the dashboard makes one';

/** Where `batchyard login` stores what it checked. */
export const loginFile = (env: Record<string, string | undefined> = process.env): string =>
  join(env.XDG_CONFIG_HOME || join(homedir(), '.config'), 'batchyard', 'login.json');

/** Returns what `batchyard login` stored, or undefined. */
export function storedLogin(file: string = loginFile()): Login | undefined {
  const stored = readJson(file) as Partial<Login> | null;
  return typeof stored?.url === 'string' && typeof stored.key === 'string'
    ? { url: stored.url, key: stored.key }
    : undefined;
}

/** What names a server and a key, the strongest first. */
export interface Named {
  flags: { url?: string | undefined; key?: string | undefined };
  env: { url?: string | undefined; key?: string | undefined };
  stored: Login | undefined;
  /** the address of the yard that runs here */
  running?: string | undefined;
}

/**
 * Chooses the server and the key: an option, the environment, what was stored, and at last the yard that runs here. A stored
 * key is sent to its own server only.
 * @throws UsageError that says how to name what is missing
 */
export function chooseServer({ flags, env, stored, running }: Named): Login {
  const url = plain(flags.url ?? env.url ?? stored?.url ?? running);
  if (!url) {
    throw new UsageError('Which server? Log in once (batchyard login <url>), or give --url or BATCHYARD_URL.');
  }
  const key = flags.key ?? env.key ?? (stored?.url === url ? stored.key : undefined);
  if (key) return { url, key };
  const other = stored ? ` The stored one is for ${stored.url}.` : '';
  throw new UsageError(
    `An API key for ${url} is missing.${other} Log in (batchyard login ${url}), or give --key or BATCHYARD_API_KEY. ${WHERE_KEYS_ARE}.`,
  );
}

const plain = (url: string | undefined): string => (url ?? '').replace(/\/+$/, '');

/**
 * Asks for a key, checks it with the server, and stores both for this user only.
 * @returns what to tell the person
 * @throws UsageError
 */
export async function login(given: string, ask: () => Promise<string>, file: string = loginFile()): Promise<string> {
  const url = checkedUrl(given);
  // Before the key is asked for: it is sent to nothing that is not Batchyard.
  await requireBatchyard(url);
  const key = (await ask()).trim();
  if (!KEY.test(key)) throw new UsageError(`That is no API key: one has no blanks and no accents. ${WHERE_KEYS_ARE}.`);
  const viewer = await viewerOf(url, key);
  mkdirSync(join(file, '..'), { recursive: true, mode: 0o700 });
  writeJson(file, { url, key });
  const notes = [
    `Logged in to ${url} as ${shown(viewer.name)} (${viewer.role} of ${shown(viewer.organization.name)}).`,
    `The key is in ${file}; batchyard logout removes it.`,
  ];
  if (isOpen(url))
    notes.push('The address is http: everyone on the way can read the key. Use https where that matters.');
  return notes.join('\n');
}

/** Removes what was stored. @returns what to tell the person */
export function logout(file: string = loginFile()): string {
  const stored = storedLogin(file);
  rmSync(file, { force: true });
  return stored
    ? `Removed the key for ${stored.url} from this machine. It stays valid until it is revoked: Settings → API keys.`
    : 'No key was stored.';
}

function checkedUrl(given: string): string {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (!url || !['http:', 'https:'].includes(url.protocol)) {
    throw new UsageError(`${given} is no address. Give it as in a browser, such as https://batchyard.example.org.`);
  }
  if (url.username || url.password || url.search || url.hash) {
    throw new UsageError('The address must have no user, password, query or fragment.');
  }
  return plain(url.href);
}

const isOpen = (url: string): boolean => {
  const { protocol, hostname } = new URL(url);
  return protocol === 'http:' && !/^(localhost|127\.[\d.]+|\[::1\])$/.test(hostname);
};

async function call(url: string, path: string, headers: Record<string, string> = {}): Promise<Response> {
  try {
    return await fetch(`${url}${path}`, { headers, redirect: 'manual', signal: AbortSignal.timeout(PATIENCE_MS) });
  } catch (error) {
    throw new UsageError(
      `${url} can’t be reached: ${whyUnreachable(error)}. Is it the right address, and does it run?`,
    );
  }
}

async function requireBatchyard(url: string): Promise<void> {
  const response = await call(url, '/api/health/live');
  const target = response.headers.get('location');
  if (response.status >= 300 && response.status < 400 && target) {
    throw new UsageError(
      `${url} leads elsewhere, to ${shown(target.slice(0, 200))}. Log in at the address where Batchyard answers itself.`,
    );
  }
  const body = await response.json().catch(() => null);
  if (!response.ok || (body as { status?: unknown } | null)?.status !== 'live') {
    throw new UsageError(
      `${url} is not a Batchyard: it answers ${response.status} at /api/health/live. Nothing was sent to it. Give the address of the dashboard, without a page.`,
    );
  }
}

async function viewerOf(url: string, key: string): Promise<ViewerDto> {
  const response = await call(url, '/api/viewer', { authorization: `Bearer ${key}` });
  if (response.ok) return (await response.json()) as ViewerDto;
  if (response.status === 401) {
    throw new UsageError(
      `${url} does not accept this key: it is wrong, revoked or expired. ${WHERE_KEYS_ARE}. Nothing was stored.`,
    );
  }
  const { detail } = (await response.json().catch(() => ({}))) as { detail?: string };
  throw new ApiError(
    response.status,
    'unknown',
    `The key could not be checked (${response.status}): ${detail ?? 'no reason given'}. Nothing was stored.`,
  );
}

/** Reads a key: hidden on a terminal, else the first line of standard input. */
export async function readKey(): Promise<string> {
  const { stdin, stderr } = process;
  if (!stdin.isTTY) return (await text(stdin)).split('\n', 1).join();
  stderr.write(`API key (hidden; ${WHERE_KEYS_ARE}): `);
  // The line editor repeats what is typed; here it does so into nothing.
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: stdin, output: silent, terminal: true });
  const left = new AbortController();
  lines.once('close', () => left.abort());
  lines.once('SIGINT', () => lines.close());
  try {
    return await lines.question('', { signal: left.signal });
  } catch {
    throw new UsageError('Nothing was stored.');
  } finally {
    lines.close();
    stderr.write('\n');
  }
}
