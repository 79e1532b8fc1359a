import { launchImportBody } from '@/lib/contracts/import';
import { launchImport } from '@/lib/domain/import/launch-import';
import { jsonResponse } from '@/lib/http/json';
import { idOf, methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  POST: route({ permission: 'import.launch', body: launchImportBody }, async ({ context, params, body }) => {
    const launched = await launchImport(context, idOf(params), body);
    return jsonResponse(launched, { status: launched.import.status === 'launched' ? 200 : 202 });
  }),
});
