import { explainSlowness } from '@/lib/domain/batch/slow/explain-slowness';
import { idOf, methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route({ permission: 'batch.see' }, async ({ context, params }) => ({
    slow: await explainSlowness(context, idOf(params)),
  })),
});
