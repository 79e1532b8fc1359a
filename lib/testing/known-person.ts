import { expect } from 'vitest';
import { newId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import { auth } from '@/lib/domain/auth/auth';
import { createApiKey } from '@/lib/domain/auth/create-api-key';
import { publicUrl } from '@/lib/domain/auth/origins';
import { hashPassword } from '@/lib/domain/auth/password-hash';
import { createResetLink } from '@/lib/domain/auth/reset-password';
import { addItems } from '@/lib/domain/batch/add-items';
import { launchBatch } from '@/lib/domain/batch/launch-batch';
import { abortBulkAction } from '@/lib/domain/bulk-action/abort-bulk-action';
import { estimateBulkAction } from '@/lib/domain/bulk-action/estimate-bulk-action';
import { startBulkAction } from '@/lib/domain/bulk-action/start-bulk-action';
import type { Context } from '@/lib/domain/context';
import { storeFile } from '@/lib/domain/file/store-file';
import { createFlows } from '@/lib/domain/flow/create-flows';
import { changeImport } from '@/lib/domain/import/change-import';
import { saveMapping } from '@/lib/domain/import/mappings';
import { cancelJob } from '@/lib/domain/job/cancel-job';
import { createJob } from '@/lib/domain/job/create-job';
import { createChannel } from '@/lib/domain/notification/channel/create-channel';
import { createRule } from '@/lib/domain/notification/rule/create-rule';
import { acceptInvitation } from '@/lib/domain/organization/accept-invitation';
import { deleteOrganization } from '@/lib/domain/organization/delete-organization';
import { createInvitation } from '@/lib/domain/organization/invitations';
import { purgeOrganizations } from '@/lib/domain/organization/purge-organizations';
import { listExports, startExport } from '@/lib/domain/privacy/exports';
import { createSecret } from '@/lib/domain/secret/create-secret';
import { createView } from '@/lib/domain/view/create-view';
import { createMember, createOrganization } from '@/lib/testing/factories';
import { bring } from '@/lib/testing/imports';
import { asItems } from '@/lib/testing/items';
import { createHourly } from '@/lib/testing/schedules';
import { until } from '@/lib/testing/until';

export const FIRST_NAME = 'Zdenka "Zed" Žižková';
export const NAME = 'Zdenka Quux-7391';
export const EMAIL = 'zdenka.7391@example.org';
export const PASSWORD = 'a quiet lantern in the harbor';

export async function signIn(email: string, password: string): Promise<Response> {
  const origin = publicUrl();
  return auth().handler(
    new Request(`${origin}/api/auth/sign-in/email`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin },
      body: JSON.stringify({ email, password }),
    }),
  );
}

async function rename(cookie: string, name: string): Promise<Response> {
  const origin = publicUrl();
  return auth().handler(
    new Request(`${origin}/api/auth/update-user`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin, cookie },
      body: JSON.stringify({ name }),
    }),
  );
}

export interface Planted {
  person: Context;
  userId: string;
  /** somebody else with the same name, in the same organization */
  namesake: Context;
  theirBatch: string;
  batchId: string;
  exportFile: string;
  apiKeyId: string;
}

/** Lets a person do everything that the product offers, in two organizations. */
export async function plantPerson(home: Context): Promise<Planted> {
  const { userId } = await createMember(home, { name: FIRST_NAME, email: EMAIL, role: 'owner' });
  await pool().query(
    `insert into account (id, account_id, provider_id, user_id, password, updated_at) values ($1, $2, 'credential', $2, $3, now())`,
    [newId(), userId, await hashPassword(PASSWORD)],
  );
  expect((await signIn('Zdenka.7391@example.org', 'not this one')).status).toBe(401);
  const answer = await signIn(EMAIL, PASSWORD);
  expect(answer.status).toBe(200);
  const cookie = answer.headers
    .getSetCookie()
    .map((one) => one.split(';', 1)[0])
    .join('; ');
  expect((await rename(cookie, NAME)).status).toBe(200);
  const { rows: sessions } = await pool().query<{ id: string }>('select id from session where user_id = $1', [userId]);
  const person: Context = {
    actor: { kind: 'user', id: userId, name: NAME, role: 'owner', seesPayloads: true, systemAdmin: true },
    organizationId: home.organizationId,
    credential: { kind: 'session', id: sessions[0]?.id ?? '' },
    origin: { address: '192.0.2.77', requestId: 'r-1' },
  };
  await pool().query(
    `insert into passkey (id, name, public_key, user_id, credential_id, counter, device_type, backed_up)
     values ($1, 'Key of Zdenka Quux-7391', 'k', $2, $1, 0, 'x', false)`,
    [newId(), userId],
  );
  await pool().query(`insert into two_factor (id, user_id, secret, backup_codes) values ($1, $2, 's', 'b')`, [
    newId(),
    userId,
  ]);
  await createResetLink(EMAIL);

  // A second organization, by an invitation.
  const other: Context = { ...home, organizationId: await createOrganization('Elsewhere') };
  await createMember(other, { name: 'Ori' });
  const { id, url } = await createInvitation(other, { email: EMAIL, role: 'admin', seesPayloads: true });
  const token = new URL(url).searchParams.get('token') ?? '';
  await acceptInvitation(id, { token }, { userId, origin: { address: '192.0.2.77', requestId: 'r-2' } });
  const elsewhere = { ...person, organizationId: other.organizationId };
  await createInvitation(elsewhere, { email: 'somebody@example.org', role: 'viewer', seesPayloads: true });
  await createJob(elsewhere, { type: 'diagnostic', data: {} });

  const { apiKey } = await createApiKey(person, { name: 'nightly', role: 'operator' });
  await createSecret(person, { name: 'TOKEN', value: 'a value of theirs', hosts: ['*'], replace: false });
  await saveMapping(person, { type: 'diagnostic', name: 'theirs', mapping: {} });
  await createHourly(person);
  await storeFile(person, { name: 'theirs.txt', body: bytesOf('theirs') });
  const launch = (by: Context) =>
    launchBatch(by, {
      fields: { name: 'b', type: 'diagnostic', start: 'manual', sealed: false },
      items: asItems([{}]),
    });
  const { result } = await launch(person);
  await addItems(person, result.batchId, { items: asItems([{}]) });
  await createJob(person, { parentJobId: result.batchId, type: 'diagnostic', data: {} });
  const { job } = await createJob(person, { type: 'diagnostic', data: {}, delayMs: 3_600_000 });
  await cancelJob(person, job.id);
  await createFlows(person, {
    flow: { name: 'f', type: 'diagnostic', children: [{ name: 'c', type: 'diagnostic' }] },
  });
  for (const shared of [true, false]) {
    await createView(person, { name: 'v', of: 'jobs', query: '', shared, isDefault: false });
  }
  const estimate = await estimateBulkAction(person, { action: 'cancel', jobIds: [job.id] });
  await startBulkAction(person, estimate.token);
  await abortBulkAction(person, estimate.token);
  const { channel } = await createChannel(person, {
    kind: 'webhook',
    name: 'theirs',
    config: { url: 'https://93.184.216.34/hook' },
  });
  await createRule(person, { name: 'r', on: ['batch.failed'], channelIds: [channel.id], enabled: true });
  const table = await bring(person, 'table.csv', 'a,b\n1,2\n');
  await changeImport(person, table.id, { mapping: {} });

  // An organization that they deleted names them in what the sweep recorded.
  const closed = await createOrganization('Closed');
  await createMember({ ...home, organizationId: closed });
  await pool().query('insert into member (id, organization_id, user_id, role) values ($1, $2, $3, $4)', [
    newId(),
    closed,
    userId,
    'owner',
  ]);
  await deleteOrganization({ ...person, organizationId: closed }, closed);
  await pool().query("update organization set deleting_at = now() - interval '1 minute' where id = $1", [closed]);
  await until('the organization is gone', async () => (await purgeOrganizations(100)).includes(closed));

  const { context: namesake } = await createMember(home, { name: NAME, role: 'operator' });
  const theirs = await launch(namesake);
  await createJob(namesake, { type: 'diagnostic', data: {} });

  await startExport(person, { of: 'me' });
  const [started] = await listExports(person);
  await pool().query(`update job set status = 'completed', attempt = 1, finished_at = now() where id = $1`, [
    started?.id,
  ]);
  const { fileId: exportFile } = await storeFile(person, { name: 'export.zip', body: bytesOf('everything') });
  await pool().query('update file set only_for = $2, job_id = $3, attempt = 1 where id = $1', [
    exportFile,
    userId,
    started?.id,
  ]);
  await startExport(elsewhere, { of: 'me' });
  // Of an organization that is gone, so that nothing of these waits.
  await pool().query('insert into work_pause (scope, paused_by) values ($1, $2)', [closed, userId]);
  return {
    person,
    userId,
    namesake,
    theirBatch: theirs.result.batchId,
    batchId: result.batchId,
    exportFile,
    apiKeyId: apiKey.id,
  };
}

async function* bytesOf(text: string) {
  yield new TextEncoder().encode(text);
}
