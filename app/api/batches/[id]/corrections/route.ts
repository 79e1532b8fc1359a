import { correctionsQuery } from '@/lib/contracts/correction';
import { findBatchFor } from '@/lib/domain/batch/get-batch';
import { takeCorrections } from '@/lib/domain/import/table/correct-table';
import { readCorrections } from '@/lib/http/results/read-corrections';
import { idOf, methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  POST: route({ permission: 'batch.edit', query: correctionsQuery }, async ({ context, params, query, request }) => {
    const { id } = await findBatchFor(context, 'batch.edit', idOf(params));
    const { corrections, dry } = await readCorrections(request);
    return takeCorrections(context, id, { corrections, dry: query.dry ?? dry });
  }),
});
