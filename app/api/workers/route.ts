import { listNodes } from '@/lib/domain/worker/list-nodes';
import { methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route({ permission: 'capacity.see' }, async ({ context }) => ({ nodes: await listNodes(context) })),
});
