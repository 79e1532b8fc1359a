import { beforeAll, describe, expect, it, test } from 'vitest';
import { MAX_CHANGE_BYTES } from '@/lib/contracts/audit';
import { pool } from '@/lib/db/pool';
import { audit, bounded } from '@/lib/domain/audit';
import type { Context } from '@/lib/domain/context';
import { sendAudit } from '@/lib/http/send-audit';
import { createContext, seedBatch } from '@/lib/testing/factories';
import { expireEntries } from './expire-entries';
import { listActivity } from './list-activity';
import { listActors } from './list-actors';
import { listEntries } from './list-entries';

/** Inserts entries of one minute each, the last one `age` days ago. */
async function seed(context: Context, count: number, { action = 'batch.launch', age = 0 } = {}): Promise<void> {
  await pool().query(
    `insert into audit (organization_id, at, actor_kind, actor_id, actor, action, target_kind, target_id)
     select $1, now() - make_interval(days => $4, mins => $2 - n), 'user', $5, 'Ana', $3, 'batch', 'batch ' || n
     from generate_series(1, $2) as n`,
    [context.organizationId, count, action, age, context.actor.id],
  );
}

const LIST = { limit: 50 };

describe('an entry', () => {
  it('has who, with which key, from where, did what to what, and what changed', async () => {
    const context: Context = {
      ...(await createContext({ name: 'Ana' })),
      credential: { kind: 'session', id: 's1' },
      origin: { address: '192.0.2.7', requestId: 'r-1' },
    };
    const target = { kind: 'member', id: 'm1', name: 'Ben' };
    await audit(pool(), context, 'member.update', target, { before: { role: 'viewer' }, after: { role: 'admin' } });
    const { entries } = await listEntries(context, LIST);
    expect(entries).toEqual([
      {
        id: expect.any(String),
        at: expect.stringMatching(/Z$/),
        actor: { kind: 'user', id: context.actor.id, name: 'Ana' },
        action: 'member.update',
        target,
        before: { role: 'viewer' },
        after: { role: 'admin' },
        requestId: 'r-1',
        address: '192.0.2.7',
      },
    ]);
    const { rows } = await pool().query('select credential_id from audit where id = $1', [entries[0]?.id]);
    expect(rows).toEqual([{ credential_id: 's1' }]);
  });

  it.each([
    ['a long payload', { count: 3, payload: { data: 'é"\\'.repeat(3000) } }],
    ['a long value', { reason: 'x'.repeat(9000) }],
    ['a long value and a long payload', { reason: 'x"'.repeat(9000), payload: 'y'.repeat(9000) }],
    ['a long list', Array.from({ length: 3000 }, () => 'z"')],
  ])('holds at most 4 KiB of %s', (_, value) => {
    const text = bounded(value) ?? '';
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MAX_CHANGE_BYTES);
    expect(JSON.parse(text)).toBeTypeOf('object');
  });

  it('keeps what is short beside a long payload, and never moves a payload to another field', () => {
    const text = bounded({ count: 3, payload: { data: 'secret'.repeat(2000) } }) ?? '';
    expect(JSON.parse(text)).toMatchObject({ count: 3, payload: { cut: expect.stringContaining('secret') } });
    const both = bounded({ reason: 'x'.repeat(9000), payload: { data: 'secret' } }) ?? '';
    expect(both).not.toContain('secret');
  });

  it('shows contents of jobs only to those who may see them', async () => {
    const context = await createContext();
    const { batchId } = await seedBatch(context, { statuses: ['failed'] });
    const change = { before: { payload: 'old data' }, after: { count: 1, payload: 'new data' } };
    await audit(pool(), context, 'batch.edit', { kind: 'batch', id: batchId }, change);
    const blind = { ...context, actor: { ...context.actor, seesPayloads: false } } as Context;
    expect((await listEntries(context, LIST)).entries[0]).toMatchObject(change);
    for (const { entries } of [await listEntries(blind, LIST), await listActivity(blind, 'batch', batchId, LIST)]) {
      expect(entries[0]).toMatchObject({ before: {}, after: { count: 1 } });
      expect(JSON.stringify(entries)).not.toContain('data"');
    }
    await audit(pool(), context, 'job.cancel', { kind: 'job', id: 'j', name: 'name from an input' });
    expect((await listEntries(context, LIST)).entries[0]?.target.name).toBe('name from an input');
    expect((await listEntries(blind, LIST)).entries[0]?.target.name).toBeNull();
  });
});

describe('the list', () => {
  let context: Context;
  beforeAll(async () => {
    context = await createContext();
    await seed(context, 30);
    await seed(context, 5, { action: 'job.cancel' });
    await seed(context, 5, { action: 'batch.cancel', age: 3 });
  });

  it('is of one organization, newest first, and each page continues the one before', async () => {
    await seed(await createContext(), 3);
    const all: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await listEntries(context, { limit: 7, cursor });
      all.push(...page.entries.map((entry) => `${entry.at} ${entry.id.padStart(12, '0')}`));
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
    expect(all).toHaveLength(40);
    expect(all).toEqual([...new Set(all)].sort().reverse());
  });

  it.each([
    [{ action: ['job.cancel'] }, 5],
    [{ action: ['batch.*'] }, 35],
    [{ action: ['job.*', 'batch.cancel'] }, 10],
    [{ action: ['member.*'] }, 0],
    [{ target: 'batch 3' }, 3],
    [{ target: 'batch 30' }, 1],
    [{ actor: 'somebody else' }, 0],
  ])('filters by %j', async (filter, count) => {
    expect((await listEntries(context, { limit: 100, ...filter })).entries).toHaveLength(count);
  });

  it('filters by who, and by time: from is included, to is not', async () => {
    expect((await listEntries(context, { limit: 100, actor: context.actor.id })).entries).toHaveLength(40);
    const days = (n: number) => new Date(Date.now() - n * 86_400_000).toISOString();
    expect((await listEntries(context, { limit: 100, to: days(1) })).entries).toHaveLength(5);
    expect((await listEntries(context, { limit: 100, from: days(1) })).entries).toHaveLength(35);
    const [oldest] = (await listEntries(context, { limit: 100, to: days(1) })).entries.slice(-1);
    const at = oldest?.at ?? '';
    expect((await listEntries(context, { limit: 100, to: at })).entries).toHaveLength(0);
    expect((await listEntries(context, { limit: 100, from: at, to: days(1) })).entries).toHaveLength(5);
  });

  it('names everybody who has entries, by the latest', async () => {
    const other = { ...context, actor: { ...context.actor, id: 'k1', name: 'nightly', kind: 'key' } } as Context;
    await audit(pool(), other, 'batch.launch', { kind: 'batch', id: 'b' });
    const { actors } = await listActors(context);
    expect(actors).toEqual([
      { kind: 'key', id: 'k1', name: 'nightly' },
      { kind: 'user', id: context.actor.id, name: 'Ana' },
    ]);
  });

  it.each(['viewer', 'operator'] as const)('is not for a %s, who sees the activity of a batch', async (role) => {
    const low = await createContext({ role });
    const { batchId } = await seedBatch(low, { statuses: ['pending'] });
    await audit(pool(), { ...low, origin: { address: '192.0.2.7', requestId: 'r' } }, 'batch.cancel', {
      kind: 'batch',
      id: batchId,
    });
    await expect(listEntries(low, LIST)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(listActors(low)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(sendAudit(low, {}, 'csv')).rejects.toMatchObject({ code: 'forbidden' });
    const { entries } = await listActivity(low, 'batch', batchId, LIST);
    expect(entries).toMatchObject([{ action: 'batch.cancel', address: null }]);
  });

  it('has entries without an organization only for system administrators', async () => {
    await pool().query(
      `insert into audit (actor_kind, actor, action, target_kind, target_id)
       values ('user', 'x@example.org', 'session.sign-in-failed', 'user', 'x@example.org')`,
    );
    const filter = { limit: 100, action: ['session.sign-in-failed'] };
    const plain = { ...context, actor: { ...context.actor, systemAdmin: false } } as Context;
    const system = { ...context, actor: { ...context.actor, systemAdmin: true } } as Context;
    expect((await listEntries(plain, filter)).entries).toEqual([]);
    expect((await listEntries(system, filter)).entries).toMatchObject([{ actor: { id: null, name: 'x@example.org' } }]);
    expect((await listEntries(system, { limit: 100 })).entries.length).toBeGreaterThan(40);
  });
});

describe('the download', () => {
  it('has all entries that match, over many pages, as CSV and as JSON lines', async () => {
    const context = await createContext({ role: 'owner' });
    await seed(context, 2345);
    await audit(pool(), context, 'batch.pause', { kind: 'batch', id: 'b', name: '=HYPERLINK("x")' });
    const lines = (await (await sendAudit(context, {}, 'jsonl')).text()).trimEnd().split('\n');
    expect(lines).toHaveLength(2347);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ action: 'audit.export', actor: { name: 'Ana' } });
    expect(JSON.parse(lines[1] ?? '')).toMatchObject({ action: 'batch.pause', target: { kind: 'batch', id: 'b' } });
    const csv = (await (await sendAudit(context, { action: ['batch.pause'] }, 'csv')).text()).trimEnd().split('\r\n');
    expect(csv).toHaveLength(2);
    expect(csv[0]).toContain('id,at,actor,actor_kind,actor_id,action,target');
    expect(csv[1]).toContain(`"'=HYPERLINK(""x"")"`);
  });
});

describe('the table', () => {
  const FORBIDDEN = { code: '42501' };

  it('refuses changes and deletions, also from its owner', async () => {
    const context = await createContext({ role: 'owner' });
    await seed(context, 3);
    const mine = [context.organizationId];
    await expect(pool().query(`update audit set actor = 'Eve' where organization_id = $1`, mine)).rejects.toMatchObject(
      FORBIDDEN,
    );
    await expect(pool().query('delete from audit where organization_id = $1', mine)).rejects.toMatchObject(FORBIDDEN);
    await expect(pool().query('truncate audit')).rejects.toMatchObject(FORBIDDEN);
    expect((await listEntries(context, LIST)).entries).toHaveLength(3);
  });

  it('loses old entries by retention, and none of the last 30 days whatever the call asks for', async () => {
    const context = await createContext({ role: 'owner' });
    await seed(context, 4, { age: 401 });
    await seed(context, 3, { age: 399 });
    await seed(context, 2, { age: 29 });
    expect(await expireEntries(1000)).toBe(4);
    expect((await listEntries(context, LIST)).entries).toHaveLength(5);
    await pool().query('select audit_expire(-1000000, 1000)');
    expect((await listEntries(context, LIST)).entries).toHaveLength(2);
  });

  test('a role that may only read and add entries can do nothing else, and retention works for it', async () => {
    const context = await createContext({ role: 'owner' });
    await seed(context, 2, { age: 500 });
    const client = await pool().connect();
    try {
      await client.query('begin');
      await client.query('create role audit_trial');
      await client.query('grant select, insert on audit to audit_trial');
      await client.query('grant usage on sequence audit_id_seq to audit_trial');
      await client.query('set local role audit_trial');
      await audit(client, context, 'batch.launch', { kind: 'batch', id: 'b' });
      for (const attempt of ['delete from audit', `update audit set actor = 'Eve'`, 'truncate audit']) {
        await client.query('savepoint attempt');
        await expect(client.query(attempt)).rejects.toMatchObject(FORBIDDEN);
        await client.query('rollback to savepoint attempt');
      }
      const { rows } = await client.query<{ count: number }>('select audit_expire(400, 100) as count');
      expect(rows[0]?.count).toBeGreaterThanOrEqual(2);
    } finally {
      await client.query('rollback');
      client.release();
    }
  });
});
