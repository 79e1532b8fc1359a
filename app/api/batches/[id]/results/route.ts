import { resultsQuery } from '@/lib/contracts/results';
import { getBatch } from '@/lib/domain/batch/get-batch';
import { sendResults } from '@/lib/http/results/send-results';
import { idOf, methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route({ permission: 'batch.see', query: resultsQuery }, async ({ context, params, query }) =>
    sendResults(context, await getBatch(context, idOf(params)), query),
  ),
});
