import { listIssuesQuery } from '@/lib/contracts/import';
import { listIssues, streamIssues } from '@/lib/domain/import';
import { attachment } from '@/lib/http/headers';
import { issuesCsv } from '@/lib/http/issues-csv';
import { idOf, methods, route } from '@/lib/http/route';
import { streamBody } from '@/lib/http/stream-body';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route({ query: listIssuesQuery }, async ({ context, params, query }) => {
    if (query.format === 'json') return listIssues(context, idOf(params), query);
    const { row, pages } = await streamIssues(context, idOf(params));
    return new Response(streamBody(issuesCsv(row.columns, pages)), {
      headers: {
        'content-type': 'text/csv; charset=utf-8; header=present',
        'content-disposition': attachment(`${row.name} issues.csv`),
      },
    });
  }),
});
