import { createExportBody } from '@/lib/contracts/privacy';
import { listExports, startExport } from '@/lib/domain/privacy/exports';
import { jsonResponse } from '@/lib/http/json';
import { methods, route } from '@/lib/http/route';

// Everybody may export the own data. The domain requires the permission for that of the organization.
export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route({ permission: 'signed-in' }, async ({ context }) => ({
    exports: await listExports(context),
    nextCursor: null,
  })),
  POST: route({ permission: 'signed-in', body: createExportBody }, async ({ context, body }) =>
    jsonResponse({ export: await startExport(context, body) }, { status: 201 }),
  ),
});
