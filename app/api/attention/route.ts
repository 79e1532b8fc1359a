import { listAttention } from '@/lib/domain/attention/list-attention';
import { methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route({ permission: 'attention.see' }, ({ context }) => listAttention(context)),
});
