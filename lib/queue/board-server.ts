import { readFile } from 'node:fs/promises';
import type {
  AppControllerRoute,
  AppViewRoute,
  BullBoardQueues,
  ControllerHandlerReturnType,
  IServerAdapter,
  UIConfig,
} from '@bull-board/api/typings/app';

export interface BoardCall {
  method: string;
  /** below the board: `/`, `/api/queues`, `/static/…` */
  path: string;
  query: Record<string, string | string[]>;
  body: Record<string, unknown>;
}

export type BoardAnswer =
  | { kind: 'json'; status: number; body: unknown }
  | { kind: 'page'; html: string }
  /** a file of the board's own pages */
  | { kind: 'file'; path: string }
  | { kind: 'missing' };

interface Compiled {
  method: string;
  pattern: RegExp;
  names: string[];
}

/** The routes of the board without a web server: takes a call and returns the response. */
export class BoardServer implements IServerAdapter {
  #queues: BullBoardQueues = new Map() as BullBoardQueues;
  #views = '';
  #statics = '';
  #uiConfig: UIConfig = {};
  #entry: (Compiled & { route: AppViewRoute })[] = [];
  #api: (Compiled & { route: AppControllerRoute })[] = [];
  #onError: (error: Error) => ControllerHandlerReturnType = () => ({ status: 500, body: '' });

  constructor(readonly basePath: string) {}

  setQueues(queues: BullBoardQueues): this {
    this.#queues = queues;
    return this;
  }

  setViewsPath(path: string): this {
    this.#views = path;
    return this;
  }

  setStaticPath(_route: string, path: string): this {
    this.#statics = path;
    return this;
  }

  setEntryRoute(route: AppViewRoute): this {
    this.#entry = [route.route].flat().map((path) => ({ ...compile(route.method, path), route }));
    return this;
  }

  setErrorHandler(handler: (error: Error) => ControllerHandlerReturnType): this {
    this.#onError = handler;
    return this;
  }

  setApiRoutes(routes: AppControllerRoute[]): this {
    this.#api = routes.flatMap((route) =>
      [route.method]
        .flat()
        .flatMap((method) => [route.route].flat().map((path) => ({ ...compile(method, path), route }))),
    );
    return this;
  }

  setUIConfig(config: UIConfig): this {
    this.#uiConfig = config;
    return this;
  }

  async answer(call: BoardCall): Promise<BoardAnswer> {
    const file = /^\/static\/([\w./-]+)$/.exec(call.path)?.[1];
    if (file && call.method === 'GET') {
      return file.split('/').includes('..') ? { kind: 'missing' } : { kind: 'file', path: `${this.#statics}/${file}` };
    }
    const api = find(this.#api, call);
    if (api) return this.#run(api.found.route, api.params, call);
    const entry = find(this.#entry, call);
    if (!entry) return { kind: 'missing' };
    const { name, params } = entry.found.route.handler({ basePath: this.basePath, uiConfig: this.#uiConfig });
    return { kind: 'page', html: await templateOf(`${this.#views}/${name}`, params) };
  }

  async #run(route: AppControllerRoute, params: Record<string, string>, call: BoardCall): Promise<BoardAnswer> {
    const { query, body } = call;
    const request = { queues: this.#queues, uiConfig: this.#uiConfig, query, params, body, headers: {} };
    try {
      const answer = await route.handler(request);
      return { kind: 'json', status: answer.status ?? 200, body: answer.body };
    } catch (error) {
      const answer = this.#onError(error instanceof Error ? error : new Error(String(error)));
      return { kind: 'json', status: answer.status ?? 500, body: answer.body };
    }
  }
}

/** `/api/queues/:queueName/:jobId?` as a pattern. */
function compile(method: string, route: string): Compiled {
  const names: string[] = [];
  const source = route.replace(/\/:(\w+)(\?)?/g, (_, name: string, optional?: string) => {
    names.push(name);
    return optional ? '(?:/([^/]+))?' : '/([^/]+)';
  });
  return { method: method.toUpperCase(), pattern: new RegExp(`^${source}$`), names };
}

function find<T extends Compiled>(
  routes: T[],
  call: BoardCall,
): { found: T; params: Record<string, string> } | undefined {
  for (const found of routes) {
    const match = found.method === call.method ? found.pattern.exec(call.path) : null;
    if (!match) continue;
    const params = found.names.flatMap((name, i) =>
      match[i + 1] === undefined ? [] : [[name, decoded(match[i + 1] ?? '')]],
    );
    return { found, params: Object.fromEntries(params) };
  }
  return undefined;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    // A stray percent sign: no route has such a name.
    return part;
  }
}

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Links to fonts of another site. They are removed, so that the board sends no request to it. */
const FOREIGN_LINK = /<link[^>]+href="https?:[^>]*>\s*/g;

/** Renders the board's page: `<%= %>` is escaped, `<%- %>` is not. The page uses no other template syntax. */
async function templateOf(path: string, params: Record<string, string>): Promise<string> {
  const source = await readFile(path, 'utf8');
  return source.replace(FOREIGN_LINK, '').replace(/<%([=-])\s*(\w+)\s*%>/g, (_, mark: string, name: string) => {
    const value = params[name] ?? '';
    return mark === '-' ? value : value.replace(/[&<>"']/g, (c) => ESCAPES[c] ?? c);
  });
}
