import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { newId } from '@/lib/db/ids';
import { createApiKey } from '@/lib/domain/auth/create-api-key';
import { registerNode } from '@/lib/domain/worker/nodes';
import { RULES, type Rule } from '@/lib/testing/access-rules';
import { createContext } from '@/lib/testing/factories';
import { createThings } from '@/lib/testing/things';
import { OPERATIONS } from './openapi/operations/operations';
import type { Handler } from './route';

// Every route with an id × owner and operator × an id of another organization, enumerated from the disk.
const withId = OPERATIONS.filter((o) => o.call.includes('{id}'));
const keys = { owner: '', operator: '' };
const ids: Record<string, string> = {};
/** what the caller's organization has */
const own: Record<string, string> = {};

beforeAll(async () => {
  Object.assign(ids, await createThings(await createContext()));
  ids.workers = String(await registerNode('elsewhere', 1, '1.0.0'));
  const stranger = await createContext();
  Object.assign(own, await createThings(stranger));
  for (const role of ['owner', 'operator'] as const) {
    keys[role] = (await createApiKey(stranger, { name: role, role })).key;
  }
});

/** Bodies of calls that validate the body before they read the id. */
const BODIES: Record<string, () => object> = {
  'PATCH /api/api-keys/{id}': () => ({ name: 'foreign' }),
  'PATCH /api/organizations/{id}': () => ({ name: 'foreign' }),
  'PATCH /api/members/{id}': () => ({ role: 'viewer' }),
  'POST /api/invitations/{id}/accept': () => ({ token: 'foreign' }),
  'POST /api/batches/{id}/children': () => ({ jobId: ids.jobs }),
  'PATCH /api/imports/{id}/rows': () => ({ row: 1, cells: {} }),
  'POST /api/imports/{id}/launch': () => ({ name: 'foreign' }),
  'POST /api/schedules/{id}/backfill': () => ({ from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z' }),
};

async function call(operation: string, role: 'owner' | 'operator', id: string): Promise<Response> {
  const [method = '', path = ''] = operation.split(' ');
  const file = join(process.cwd(), 'app', path.replace('{id}', '[id]'), 'route.ts');
  const module = (await import(file)) as Record<string, Handler>;
  const handler = module[method];
  if (!handler) throw new Error(`${operation} is not in ${file}`);
  const body = BODIES[operation]?.();
  const request = new Request(`http://localhost${path.replace('{id}', encodeURIComponent(id))}`, {
    method,
    headers: { authorization: `Bearer ${keys[role]}`, 'content-type': 'application/json' },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  return handler(request, { params: Promise.resolve({ id }) });
}

/** Machines are of no organization, and a person may be in several. */
const isForSystem = (rule: Rule | undefined): boolean => rule === 'worker.drain' || rule === 'user.delete';

/** `/api/jobs/process/all/{id}` is about a batch, `/api/jobs/{id}/logs` about a job. */
const kindOf = (operation: string): string => /(\S+)\/\{id\}/.exec(operation)?.[1]?.split('/').at(-1) ?? '';

describe.each(withId.map((o) => o.call))('%s', (operation) => {
  it.each(['owner', 'operator'] as const)('hides what belongs to another organization from its %s', async (role) => {
    const id = ids[kindOf(operation)];
    if (!id) throw new Error(`No foreign thing to try ${operation} with.`);
    const response = await call(operation, role, id);
    // Some calls are for higher roles, or for people. No response reveals that the resource exists.
    const isHigher =
      role === 'operator' || [RULES[operation]].flat().some((rule) => rule === 'session' || isForSystem(rule));
    expect(isHigher ? [403, 404] : [404]).toContain(response.status);
    const unknown = await call(operation, role, '00000000-0000-7000-8000-000000000000');
    expect(unknown.status).toBe(response.status);
    for (const hostile of ["'; drop table job; --", 'a\u0000b']) {
      expect((await call(operation, role, hostile)).status).toBe(response.status);
    }
  });
});

it('every id in a path is tested', () => {
  const routes = readdirSync(join(process.cwd(), 'app/api'), { recursive: true, encoding: 'utf8' });
  const files = routes.filter((file) => file.endsWith('route.ts') && file.includes('[id]'));
  const paths = new Set(withId.map((o) => o.call.split(' ')[1]));
  expect(files.length).toBe(paths.size);
});

/** Calls that name a thing in the body or the query. `own` is of the caller's organization. */
const NAMING: readonly [call: string, kind: string, of: (id: string) => { query?: string; body?: object }][] = [
  ['POST /api/jobs', 'batches', (id) => ({ body: { type: 'diagnostic', data: {}, parentJobId: id } })],
  ['POST /api/batches/{id}/children', 'jobs', (id) => ({ body: { jobId: id } })],
  ['POST /api/batches/{id}/corrections', 'jobs', (id) => ({ body: { rows: [{ jobId: id, data: {} }] } })],
  ['POST /api/imports', 'files', (id) => ({ body: { type: 'diagnostic', fileIds: [id], content: 'rows' } })],
  ['GET /api/limits', 'organizations', (id) => ({ query: `organizationId=${id}` })],
  ['PUT /api/limits', 'organizations', (id) => ({ body: { organizationId: id, limits: { rows: 1 } } })],
  ['GET /api/events', 'batches', (id) => ({ query: `batchId=${id}` })],
  ['GET /api/events', 'jobs', (id) => ({ query: `jobId=${id}` })],
  ['GET /api/events', 'flows', (id) => ({ query: `flowId=${id}` })],
  ['GET /api/jobs', 'batches', (id) => ({ query: `batchId=${id}` })],
  ['GET /api/search', 'batches', (id) => ({ query: `q=theirs&batchId=${id}` })],
  ['GET /api/audit', 'batches', (id) => ({ query: `target=${id}` })],
];

it.each(NAMING)(
  '%s answers for one of the %s of others as for one that does not exist',
  async (operation, kind, of) => {
    const [method = '', path = ''] = operation.split(' ');
    const module = (await import(join(process.cwd(), 'app', path.replace('{id}', '[id]'), 'route.ts'))) as Record<
      string,
      Handler
    >;
    const send = async (id: string) => {
      const { query, body } = of(id);
      const request = new Request(
        `http://localhost${path.replace('{id}', own.batches ?? '')}${query ? `?${query}` : ''}`,
        {
          method,
          headers: { authorization: `Bearer ${keys.owner}`, 'content-type': 'application/json' },
          ...(body ? { body: JSON.stringify(body) } : {}),
        },
      );
      const answer = await module[method]?.(request, { params: Promise.resolve({ id: own.batches }) });
      return `${answer?.status} ${(await answer?.text())?.replaceAll(id, 'ID')}`;
    };
    const foreign = ids[kind];
    if (!foreign) throw new Error(`No foreign thing to try ${operation} with.`);
    const answer = await send(foreign);
    expect(answer).toBe(await send(newId()));
    expect(answer).not.toMatch(/^(5|201|200 .*theirs)/);
  },
);
