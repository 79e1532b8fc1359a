import { openApiDocument } from '@/lib/http/openapi/document';
import { methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route({ permission: 'signed-in' }, () => openApiDocument()),
});
