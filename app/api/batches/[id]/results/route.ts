import { resultsQuery } from '@/lib/contracts/batch';
import { streamResults } from '@/lib/domain/batch';
import { attachment } from '@/lib/http/headers';
import { RESULTS_TYPE, resultsText } from '@/lib/http/results';
import { idOf, methods, route } from '@/lib/http/route';
import { streamBody } from '@/lib/http/stream-body';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route({ query: resultsQuery }, async ({ context, params, query: { format, status } }) => {
    const id = idOf(params);
    const pages = await streamResults(context, id, { status });
    return new Response(streamBody(resultsText(pages, format)), {
      headers: {
        'content-type': RESULTS_TYPE[format],
        'content-disposition': attachment(`batch-${id}-${status ?? 'results'}.${format}`),
      },
    });
  }),
});
