import { expect, it } from 'vitest';
import { createRuleBody } from '@/lib/contracts/notification-rule';
import { pool } from '@/lib/db/pool';
import { audit } from '@/lib/domain/audit';
import { createApiKey } from '@/lib/domain/auth/create-api-key';
import { cancelBatch } from '@/lib/domain/batch/cancel-batch';
import { launchBatch } from '@/lib/domain/batch/launch-batch';
import { settleNow } from '@/lib/domain/batch/settle';
import type { Context } from '@/lib/domain/context';
import { storageOf } from '@/lib/domain/file/storage/storage-of';
import { storeFile } from '@/lib/domain/file/store-file';
import { createFlows } from '@/lib/domain/flow/create-flows';
import { saveMapping } from '@/lib/domain/import/mappings';
import { createJob } from '@/lib/domain/job/create-job';
import { flushMonitoring } from '@/lib/domain/monitoring/track';
import { createChannel } from '@/lib/domain/notification/channel/create-channel';
import { createSigningSecret } from '@/lib/domain/notification/channel/signing-secret';
import { expandEvents } from '@/lib/domain/notification/event/expand-events';
import { createRule } from '@/lib/domain/notification/rule/create-rule';
import { createSecret } from '@/lib/domain/secret/create-secret';
import { writeValue } from '@/lib/domain/stored-value/stored-values';
import { queueOf } from '@/lib/queue/queues';
import { createContext, createMember } from '@/lib/testing/factories';
import { asItems } from '@/lib/testing/items';
import { orphans, rowsOf, storedFiles } from '@/lib/testing/leftovers';
import { createHourly } from '@/lib/testing/schedules';
import { until } from '@/lib/testing/until';
import { createInvitation } from './invitations';
import { purgeOrganizations } from './purge-organizations';

const NOTIFY_SECRET = `whsec_${Buffer.alloc(24, 5).toString('base64')}`;

/** Fills an organization with something of each kind. Returns the id of its file. */
async function fill(context: Context): Promise<string> {
  await createMember(context);
  await createApiKey(context, { name: 'theirs', role: 'operator' });
  await createSecret(context, { name: 'THEIRS', value: 'their value', hosts: ['*'], replace: false });
  await writeValue({ organizationId: context.organizationId, type: 'theirs' }, 'theirs', '1', 3600);
  await createInvitation(context, { email: 'mika@example.org', role: 'viewer', seesPayloads: true });
  await saveMapping(context, { type: 'diagnostic', name: 'theirs', mapping: {} });
  const body = (async function* () {
    yield new TextEncoder().encode('theirs');
  })();
  const { fileId } = await storeFile(context, { name: 'theirs.txt', body });
  await launchBatch(context, {
    fields: { name: 'by hand', type: 'diagnostic', start: 'manual' },
    items: asItems([{}, {}]),
  });
  await launchBatch(context, {
    fields: { name: 'waits', type: 'diagnostic', start: 'queue' },
    items: asItems([{}, {}]),
  });
  await createFlows(context, {
    flow: { name: 'theirs', type: 'diagnostic', children: [{ name: 'a', type: 'diagnostic' }] },
  });
  await createJob(context, { type: 'diagnostic', data: {}, delayMs: 3_600_000 });
  const config = { url: 'https://93.184.216.34/hook', secret: NOTIFY_SECRET };
  const { channel } = await createChannel(context, { kind: 'webhook', name: 'theirs', config });
  await createSigningSecret(context);
  const rule = createRuleBody.parse({
    name: 'theirs',
    on: ['batch.finished', 'worker.none'],
    channelIds: [channel.id],
  });
  const { id: ruleId } = await createRule(context, rule);
  await pool().query(`insert into notification_alarm (rule_id, subject) values ($1, 'worker.none:theirs')`, [ruleId]);
  const notify = [{ channelId: channel.id }, config];
  await createHourly(context, { launch: { job: { type: 'diagnostic', data: {}, notify } } });
  for (const ended of [1, 2]) {
    const fields = { name: 'told', type: 'diagnostic', start: 'manual', notify } as const;
    const { result } = await launchBatch(context, { fields, items: asItems([{}]) });
    await cancelBatch(context, result.batchId, { force: true });
    await settleNow(pool(), result.batchId);
    // What the second one wrote is still in the outbox.
    if (ended === 1) await expandEvents();
  }
  // History that is added up already, and what the last seconds brought.
  await pool().query(
    `insert into history (organization_id, step, type, at, completed) values ($1, 'day', 'diagnostic', date_trunc('day', now()), 7)`,
    [context.organizationId],
  );
  await pool().query(
    `insert into history_delta (organization_id, type, ended_minute, completed) values ($1, 'diagnostic', date_trunc('minute', now()), 1)`,
    [context.organizationId],
  );
  await pool().query(
    `insert into document_chunk (organization_id, job_id, position, title, text, model, dimensions, embedding, terms)
     select $1, gen_random_uuid(), n, 't', 't', 'm', 1, '\\x00', '{}' from generate_series(1, 2500) n`,
    [context.organizationId],
  );
  return fileId;
}

/** Returns which of the jobs the queue still has. */
async function leftIn(queue: ReturnType<typeof queueOf>, jobIds: string[]): Promise<string[]> {
  const left = [];
  for (const id of jobIds) if (await queue.getJob(id)) left.push(id);
  return left;
}

it('an organization is deleted with its rows of every table, its files and its deliveries, and no other one', async () => {
  const [theirs, others] = [await createContext(), await createContext()];
  const [fileId, kept] = [await fill(theirs), await fill(others)];
  await flushMonitoring();
  const before = await rowsOf(others.organizationId);
  expect(Object.keys(before)).toEqual(
    expect.arrayContaining([
      ...['api_key', 'batch', 'document_chunk', 'file', 'flow', 'job', 'member', 'secret', 'signing_secret'],
      ...[
        'notification_channel',
        'notification_rule',
        'notification_target',
        'notification_event',
        'notification_delivery',
      ],
      ...['history', 'history_delta'],
    ]),
  );
  const { rows: jobs } = await pool().query('select id from job where organization_id = $1', [theirs.organizationId]);
  const jobIds: string[] = jobs.map(({ id }) => id);
  expect(await leftIn(queueOf('diagnostic'), jobIds)).not.toEqual([]);
  expect(await purgeOrganizations(20_000)).toEqual([]);
  await pool().query("update organization set deleting_at = now() - interval '1 minute' where id = $1", [
    theirs.organizationId,
  ]);
  await audit(pool(), theirs, 'organization.delete', { kind: 'organization', id: theirs.organizationId });
  await until('the organization is gone', async () => {
    await flushMonitoring();
    return (await purgeOrganizations(20_000)).includes(theirs.organizationId);
  });
  expect(Object.keys(await rowsOf(theirs.organizationId))).toEqual(['audit']);
  const storage = await storageOf('local');
  await expect(storage.open(fileId)).rejects.toThrow();
  (await storage.open(kept)).destroy();
  expect(await rowsOf(others.organizationId)).toEqual(before);
  expect(await orphans()).toEqual({});
  expect(await leftIn(queueOf('diagnostic'), jobIds)).toEqual([]);
  const { rows } = await pool().query(
    `select organization_id, actor_kind, target_name, after from audit
     where action = 'organization.purge' and target_id = $1`,
    [theirs.organizationId],
  );
  expect(rows).toMatchObject([
    {
      organization_id: null,
      actor_kind: 'system',
      target_name: 'Test organization',
      after: {
        deleted: {
          batches: 4,
          jobs: jobIds.length,
          flows: 1,
          files: 1,
          fileBytes: 6,
          schedules: 1,
          channels: 1,
          members: 1,
          apiKeys: 1,
          secrets: 1,
        },
        requestedBy: { kind: 'user', id: theirs.actor.id, name: theirs.actor.name },
      },
    },
  ]);
});

it('what arrives completely only after the organization was deleted is refused, and leaves nothing', async () => {
  const context = await createContext();
  const { organizationId } = context;
  let arrive: () => void = () => undefined;
  const rest = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  const body = (async function* () {
    yield new TextEncoder().encode('begins');
    await rest;
    yield new TextEncoder().encode(' and ends');
  })();
  const items = (async function* () {
    yield* asItems([{}]);
    await rest;
    yield* asItems([{}]);
  })();
  const sent = Promise.allSettled([
    storeFile(context, { name: 'late.txt', body }),
    launchBatch(context, { fields: { name: 'late', type: 'diagnostic', start: 'queue' }, items }),
  ]);
  await pool().query("update organization set deleting_at = now() - interval '1 minute' where id = $1", [
    organizationId,
  ]);
  await until('the organization is gone', async () => (await purgeOrganizations(20_000)).includes(organizationId));
  const before = await storedFiles();
  arrive();
  for (const answer of await sent) {
    expect(answer).toMatchObject({ status: 'rejected', reason: { code: 'unauthenticated' } });
  }
  await flushMonitoring();
  expect(await rowsOf(organizationId)).toEqual({});
  expect(await storedFiles()).toEqual(before);
});
