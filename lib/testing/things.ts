import { must } from '@/lib/contracts/must';
import { pool } from '@/lib/db/pool';
import { createApiKey } from '@/lib/domain/auth/create-api-key';
import { estimateBulkAction } from '@/lib/domain/bulk-action/estimate-bulk-action';
import { startBulkAction } from '@/lib/domain/bulk-action/start-bulk-action';
import type { Context } from '@/lib/domain/context';
import { storeFile } from '@/lib/domain/file/store-file';
import { createFlows } from '@/lib/domain/flow/create-flows';
import { createImport } from '@/lib/domain/import/create-import';
import { saveMapping } from '@/lib/domain/import/mappings';
import { createChannel } from '@/lib/domain/notification/channel/create-channel';
import { insertDelivery } from '@/lib/domain/notification/delivery/insert-delivery';
import { createRule } from '@/lib/domain/notification/rule/create-rule';
import { createInvitation } from '@/lib/domain/organization/invitations';
import { createSecret } from '@/lib/domain/secret/create-secret';
import { createView } from '@/lib/domain/view/create-view';
import { createMember, createSession, seedBatch } from './factories';
import { createHourly } from './schedules';

/** Creates one of everything that has an id in the API. @returns the ids, by the word before `{id}` in the path */
export async function createThings(context: Context): Promise<Record<string, string>> {
  const { batchId, jobIds } = await seedBatch(context, { statuses: ['failed', 'pending'] });
  const body = (async function* () {
    yield new TextEncoder().encode('theirs');
  })();
  const { fileId } = await storeFile(context, { name: 'theirs.txt', body });
  const table = await createImport(context, { type: 'diagnostic', fileIds: [fileId], content: 'rows' });
  const saved = await saveMapping(context, { type: 'diagnostic', name: 'theirs', mapping: {} });
  const { apiKey } = await createApiKey(context, { name: 'theirs', role: 'operator' });
  const secret = await createSecret(context, { name: 'THEIRS', value: 'their value', hosts: ['*'], replace: false });
  const invitation = await createInvitation(context, { email: 'mika@example.org', role: 'viewer', seesPayloads: true });
  const member = await createMember(context);
  const { sessionId } = await createSession(member.context);
  const { result } = await createFlows(context, { flow: { name: 'theirs', type: 'diagnostic' } });
  const view = await createView(context, { name: 'theirs', of: 'jobs', query: '', shared: true, isDefault: false });
  const { token } = await estimateBulkAction(context, { action: 'discard', jobIds });
  const { bulkAction } = await startBulkAction(context, token);
  return {
    batches: batchId,
    all: batchId,
    jobs: must(jobIds[0], 'The first job'),
    flows: must(result.flowIds[0], 'The flow'),
    schedules: await createHourly(context),
    files: fileId,
    imports: table.import.id,
    'import-mappings': saved.mapping.id,
    'api-keys': apiKey.id,
    secrets: secret.id,
    invitations: invitation.id,
    members: member.memberId,
    sessions: sessionId,
    users: member.userId,
    organizations: context.organizationId,
    views: view.id,
    'bulk-actions': bulkAction.id,
    ...(await createNotifications(context)),
  };
}

/** A channel whose address does not exist, a rule, and a message that was not sent. */
async function createNotifications(context: Context) {
  const { organizationId } = context;
  const config = { url: 'https://hooks.example.invalid/theirs' };
  const { channel } = await createChannel(context, { kind: 'webhook', name: 'theirs', config });
  const rule = await createRule(context, {
    ...{ name: 'theirs', on: ['batch.failed'], channelIds: [channel.id], enabled: true },
  });
  const delivery = await insertDelivery(pool(), {
    ...{ organizationId, type: 'batch.failed', eventId: null, ownerId: null, ruleId: rule.id, channelId: channel.id },
    ...{ sealed: null, kind: 'webhook', target: 'theirs', lane: channel.id, data: { name: 'theirs' }, at: new Date() },
    ...{ refusal: 'The channel is switched off.', waitSeconds: 0 },
  });
  return {
    channels: channel.id,
    'notification-rules': rule.id,
    deliveries: must(delivery, 'The message'),
  };
}
