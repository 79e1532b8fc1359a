import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Role } from '@/lib/contracts/permissions';
import type { CreateViewBody } from '@/lib/contracts/view';
import { pool } from '@/lib/db/pool';
import type { Context } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { asMember, createContext, createMember, seedBatch } from '@/lib/testing/factories';
import { createView } from './create-view';
import { deleteView } from './delete-view';
import { listViews } from './list-views';
import { updateView } from './update-view';

const jobs = vi.hoisted(() => ({ fails: false }));
vi.mock('@/lib/domain/query/search-jobs', async (load) => {
  const real = await load<typeof import('@/lib/domain/query/search-jobs')>();
  const slow = () => Promise.reject(new DomainError('unavailable', 'The search took too long.'));
  return {
    ...real,
    searchJobs: (...given: Parameters<typeof real.searchJobs>) => (jobs.fails ? slow() : real.searchJobs(...given)),
  };
});

let context: Context;
beforeEach(async () => {
  context = (await createMember(await createContext())).context;
});

const person = async (role: Role) => (await createMember(context, { role })).context;

const save = (who: Context, fields: Partial<CreateViewBody> = {}) =>
  createView(who, { name: 'Failed', of: 'jobs', query: 'status:failed', shared: false, isDefault: false, ...fields });
const names = async (who: Context) => (await listViews(who, { counts: false })).views.map(({ name }) => name);

describe('a view', () => {
  it('is one’s own, or seen by everybody in the organization', async () => {
    const viewer = await person('viewer');
    const own = await save(viewer, { name: 'own' });
    const shared = await save(context, { name: 'shared', shared: true });
    expect(await names(viewer)).toEqual(['own', 'shared']);
    expect(await names(context)).toEqual(['shared']);
    expect(await names(await createContext())).toEqual([]);
    expect(own).toMatchObject({ mine: true, shared: false });
    expect((await listViews(viewer, { counts: false })).views[1]).toMatchObject({ id: shared.id, mine: false });
    expect((await listViews(viewer, { of: 'flows', counts: false })).views).toEqual([]);
  });

  it('is shared and changed for others by operators only', async () => {
    const viewer = await person('viewer');
    await expect(save(viewer, { shared: true })).rejects.toMatchObject({ code: 'forbidden' });
    const own = await save(viewer);
    await expect(updateView(viewer, own.id, { shared: true })).rejects.toMatchObject({ code: 'forbidden' });
    const shared = await save(context, { shared: true });
    await expect(updateView(viewer, shared.id, { name: 'x' })).rejects.toMatchObject({ code: 'forbidden' });
    await expect(deleteView(viewer, shared.id)).rejects.toMatchObject({ code: 'forbidden' });
    const operator = await person('operator');
    expect(await updateView(operator, shared.id, { name: 'renamed', query: 'is:dead' })).toMatchObject({
      name: 'renamed',
    });
    await expect(updateView(operator, own.id, { name: 'x' })).rejects.toMatchObject({ code: 'not-found' });
    await deleteView(operator, shared.id);
    expect(await names(viewer)).toEqual(['Failed']);
  });

  it('keeps only a query that is understood', async () => {
    await expect(save(context, { query: 'stat:x' })).rejects.toMatchObject({ code: 'invalid-query' });
    const view = await save(context);
    await expect(updateView(context, view.id, { of: 'batches', query: 'data.x:1' })).rejects.toMatchObject({
      code: 'invalid-query',
    });
    expect((await save(context, { query: '' })).query).toBe('');
  });

  it('is the default alone, among one’s own and among the shared ones', async () => {
    const first = await save(context, { isDefault: true });
    const shared = await save(context, { isDefault: true, shared: true });
    const second = await save(context, { isDefault: true });
    const defaults = async () =>
      (await listViews(context, { counts: false })).views.filter(({ isDefault }) => isDefault).map(({ id }) => id);
    expect(await defaults()).toEqual([second.id, shared.id]);
    await updateView(context, first.id, { isDefault: true });
    expect(await defaults()).toEqual([first.id, shared.id]);
    await updateView(context, first.id, { shared: true });
    expect(await defaults()).toEqual([shared.id]);
  });

  it('has a place, and moves among its neighbors', async () => {
    const ids: string[] = [];
    for (const name of ['a', 'b', 'c']) ids.push((await save(context, { name })).id);
    await updateView(context, ids[2] ?? '', { position: 0 });
    expect(await names(context)).toEqual(['c', 'a', 'b']);
    expect(await updateView(context, ids[2] ?? '', { position: 9 })).toMatchObject({ position: 2 });
    expect(await names(context)).toEqual(['a', 'b', 'c']);
  });

  it('has entries in the audit log', async () => {
    const view = await save(context);
    await updateView(context, view.id, { name: 'x' });
    await deleteView(context, view.id);
    const { rows } = await pool().query('select action from audit where target_id = $1 order by id', [view.id]);
    expect(rows.map(({ action }) => action)).toEqual(['view.create', 'view.update', 'view.delete']);
  });

  it('is deleted with the account of its owner, unless it is shared', async () => {
    const { context: ben, userId } = await createMember(context);
    await save(ben, { name: 'own' });
    await save(ben, { name: 'shared', shared: true });
    await pool().query('delete from "user" where id = $1', [userId]);
    const { rows } = await pool().query('select name from saved_view where owner_id = $1', [userId]);
    expect(rows).toEqual([{ name: 'shared' }]);
  });

  it('is one of a hundred at most', async () => {
    await pool().query(
      `insert into saved_view (id, organization_id, of, name, query, owner_id, created_by)
       select gen_random_uuid(), $1, 'jobs', 'v', '', $2, 'Ana' from generate_series(1, 100)`,
      [context.organizationId, context.actor.id],
    );
    await expect(save(context)).rejects.toMatchObject({ code: 'limit-exceeded' });
  });
});

describe('the count of a view', () => {
  const counts = async (who: Context) => (await listViews(who, { counts: true })).views.map(({ count }) => count);

  it('is how many it finds, and null where one may not search so', async () => {
    await seedBatch(context, { statuses: ['failed', 'failed', 'completed'], data: { a: 1 } });
    await save(context, { shared: true });
    await save(context, { shared: true, query: 'data.a:1' });
    await save(context, { shared: true, of: 'batches', query: 'status:partial' });
    await save(context, { shared: true, of: 'flows', query: '' });
    const found = (n: number) => ({ found: n, more: false });
    expect(await counts(context)).toEqual([found(2), found(3), found(1), found(0)]);
    const member = asMember(context, 'admin');
    const blind = { ...member, actor: { ...member.actor, seesPayloads: false } as Context['actor'] };
    expect(await counts(blind)).toEqual([found(2), null, found(1), found(0)]);
  });

  it('is null alone for a view whose search fails, and the others are counted', async () => {
    await seedBatch(context, { statuses: ['failed'] });
    await save(context, { query: 'created:today' });
    await save(context, { of: 'batches', query: 'created:today' });
    jobs.fails = true;
    expect(await counts(context)).toEqual([null, { found: 1, more: false }]);
    jobs.fails = false;
  });

  it('is shown to nobody who may not see what it counts, also when it is known', async () => {
    await seedBatch(context, { statuses: ['failed'] });
    await save(context, { shared: true });
    expect(await counts(context)).toEqual([{ found: 1, more: false }]);
    const rights = { role: 'admin', seesPayloads: true, systemAdmin: false } as const;
    const actor = { kind: 'key', id: 'k', name: 'views', scopes: ['view.see'], ...rights } as const;
    const key: Context = { organizationId: context.organizationId, actor };
    expect(await counts(key)).toEqual([null]);
  });

  it('ends at a thousand', async () => {
    await seedBatch(context, { statuses: Array.from({ length: 1005 }, () => 'failed' as const) });
    await save(context);
    expect(await counts(context)).toEqual([{ found: 1000, more: true }]);
  });
});
