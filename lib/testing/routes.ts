import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Handler } from '@/lib/http/route';
import config from '@/next.config';

const APP = join(process.cwd(), 'app');
export const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
export type Method = (typeof METHODS)[number];

/** Sign-in, the 404 for unknown paths, and the board over the queues, which has its own test. docs/api.md gives reasons. */
export const OUTSIDE = ['/api/auth/{all}', '/api/{path}', '/api/admin/queues/{path}'];

/** One method of a route file that is not answered with 405. */
export interface Offered {
  /** as in OPERATIONS: `GET /api/batches/{id}` */
  call: string;
  method: Method;
  /** path of its file, which a rewrite may offer under another address */
  path: string;
  handler: Handler;
}

/** Calls a handler as the web framework does. The id of the path is part of `path`. */
export const callHandler = (
  handler: Handler,
  method: string,
  path: string,
  { id = '0199', ...init }: RequestInit & { id?: string } = {},
): Promise<Response> =>
  handler(
    new Request(`http://localhost:3000${path.replaceAll('{id}', id).replaceAll(/[{}]/g, '')}`, { ...init, method }),
    {
      params: Promise.resolve({ id }),
    },
  );

/** The handlers of every route file for each method, also those that answer 405. */
export async function allHandlers(): Promise<
  (Omit<Offered, 'handler'> & { file: string; handler: Handler | undefined })[]
> {
  const rewrites = await config.rewrites?.();
  const served = (path: string): string =>
    (Array.isArray(rewrites) && rewrites.find(({ destination }) => destination === path)?.source) || path;
  const files = readdirSync(APP, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('route.ts'));
  const found = await Promise.all(
    files.map(async (file) => {
      const path = `/${relative(APP, join(APP, file, '..'))}`.replaceAll(/\[+(?:\.\.\.)?(\w+)\]+/g, '{$1}');
      const module = (await import(join(APP, file))) as Record<string, Handler | undefined>;
      return METHODS.map((method) => ({
        file,
        method,
        path,
        call: `${method} ${served(path)}`,
        handler: module[method],
      }));
    }),
  );
  return found.flat();
}

/** Every call that the route files offer, apart from {@link OUTSIDE}. Asks each handler without credentials. */
export async function offeredCalls(): Promise<Offered[]> {
  const offered: Offered[] = [];
  for (const { file: _, handler, ...rest } of await allHandlers()) {
    if (!handler || OUTSIDE.includes(rest.path)) continue;
    if ((await callHandler(handler, rest.method, rest.path)).status !== 405) offered.push({ ...rest, handler });
  }
  return offered;
}
