import { listAuditQuery } from '@/lib/contracts/audit';
import { listEntries } from '@/lib/domain/audit/list-entries';
import { methods, route } from '@/lib/http/route';
import { sendAudit } from '@/lib/http/send-audit';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route({ permission: 'audit.see', query: listAuditQuery }, ({ context, query }) =>
    query.format ? sendAudit(context, query, query.format) : listEntries(context, query),
  ),
});
