import { compareQuery } from '@/lib/contracts/compare';
import { compareBatches } from '@/lib/domain/batch/compare/compare-batches';
import { idOf, methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route({ permission: 'batch.see', query: compareQuery }, async ({ context, params, query }) => ({
    comparison: await compareBatches(context, idOf(params), query),
  })),
});
