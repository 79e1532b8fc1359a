import { listArtifacts } from '@/lib/domain/file/list-artifacts';
import { idOf, methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route({ permission: 'file.see' }, async ({ context, params }) => ({
    artifacts: await listArtifacts(context, idOf(params)),
  })),
});
