import { updateRuleBody } from '@/lib/contracts/notification-rule';
import { deleteRule } from '@/lib/domain/notification/rule/delete-rule';
import { updateRule } from '@/lib/domain/notification/rule/update-rule';
import { idOf, methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  PATCH: route({ permission: 'notification-rule.update', body: updateRuleBody }, async ({ context, params, body }) => ({
    rule: await updateRule(context, idOf(params), body),
  })),
  DELETE: route({ permission: 'notification-rule.delete' }, async ({ context, params }) => ({
    rule: await deleteRule(context, idOf(params)),
  })),
});
