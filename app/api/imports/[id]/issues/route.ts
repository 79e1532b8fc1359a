import { listIssuesQuery } from '@/lib/contracts/import';
import { listIssues } from '@/lib/domain/import/list-issues';
import { sendIssues } from '@/lib/http/results/send-errors';
import { idOf, methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route({ permission: 'import.see', query: listIssuesQuery }, async ({ context, params, query }) =>
    query.format === 'json'
      ? listIssues(context, idOf(params), query)
      : sendIssues(context, idOf(params), query.format),
  ),
});
