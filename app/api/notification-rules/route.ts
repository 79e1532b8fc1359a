import { createRuleBody } from '@/lib/contracts/notification-rule';
import { createRule } from '@/lib/domain/notification/rule/create-rule';
import { listRules } from '@/lib/domain/notification/rule/list-rules';
import { jsonResponse } from '@/lib/http/json';
import { methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route({ permission: 'notification-rule.see' }, ({ context }) => listRules(context)),
  POST: route({ permission: 'notification-rule.create', body: createRuleBody }, async ({ context, body }) =>
    jsonResponse({ rule: await createRule(context, body) }, { status: 201 }),
  ),
});
