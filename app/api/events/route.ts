import { methods, route } from '@/lib/http/route';
import { openStream } from '@/lib/http/sse/open-stream';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route({ permission: 'batch.see' }, ({ context, request }) => openStream(context, request)),
});
