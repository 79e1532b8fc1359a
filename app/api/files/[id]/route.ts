import { idOf, methods, route } from '@/lib/http/route';
import { sendFile } from '@/lib/http/send-file';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route({ permission: 'file.see' }, ({ context, params, request }) => sendFile(context, idOf(params), request)),
});
