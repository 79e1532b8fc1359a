import { methods, route } from '@/lib/http/route';
import { openStream } from '@/lib/http/sse/open-stream';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route({}, ({ context, request }) => openStream(context, request)),
});
