import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import type { CreateRuleBody } from '@/lib/contracts/notification-rule';
import { asMember, createContext } from '@/lib/testing/factories';
import { codeOf, createRuleFor, endBatch, expanded, useListener } from '@/lib/testing/notifications';
import { deleteRule } from './delete-rule';
import { listRules } from './list-rules';
import { updateRule } from './update-rule';

const on = useListener();
const rule = (fields: Partial<CreateRuleBody>) => createRuleFor(on, fields);

test('rules are changed by administrators only, and belong to their organization', async () => {
  const made = await rule({ query: 'type:diagnostic', failureRate: 0.25 });
  expect(await updateRule(on.context, made.id, { enabled: false, stuckMinutes: 7 })).toMatchObject({
    ...{ enabled: false, query: 'type:diagnostic', failureRate: 0.25, stuckMinutes: 7, channelIds: [on.channelId] },
  });
  await endBatch(on.context, ['completed']);
  expect(await expanded(on.context)).toEqual([]);
  const [operator, stranger] = [asMember(on.context), await createContext()];
  expect((await listRules(operator)).rules).toHaveLength(1);
  expect((await listRules(stranger)).rules).toEqual([]);
  expect(await codeOf(listRules(asMember(on.context, 'viewer')))).toBe('forbidden');
  expect(await codeOf(updateRule(operator, made.id, { enabled: true }))).toBe('forbidden');
  expect(await codeOf(deleteRule(stranger, made.id))).toBe('not-found');
  expect(await codeOf(rule({ channelIds: [randomUUID()] }))).toBe('unknown-channel');
  await deleteRule(on.context, made.id);
  expect((await listRules(on.context)).rules).toEqual([]);
});
