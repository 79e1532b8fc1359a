import type { FileDto } from '@/lib/contracts/file';
import { storeFile } from '@/lib/domain/file/store-file';
import { fileLimitOf } from '@/lib/domain/organization/limits/require-room';
import { jsonResponse } from '@/lib/http/json';
import { methods, noFile, route } from '@/lib/http/route';
import { uploads } from '@/lib/http/upload';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  POST: route({ permission: 'file.upload' }, async ({ context, request }) => {
    const files: FileDto[] = [];
    const limit = await fileLimitOf(context);
    for await (const upload of uploads(request, limit)) files.push(await storeFile(context, upload));
    const first = files[0] ?? noFile();
    // A form may carry several files: the first is the answer, and all of them are in `files`.
    return jsonResponse(files.length > 1 ? { ...first, files } : first, { status: 201 });
  }),
});
