import { Readable } from 'node:stream';
import { openFile } from '@/lib/domain/file';
import { attachment } from '@/lib/http/headers';
import { idOf, methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route({}, async ({ context, params }) => {
    const { file, stream } = await openFile(context, idOf(params));
    return new Response(Readable.toWeb(stream) as ReadableStream<Uint8Array>, {
      headers: {
        'content-type': file.contentType.startsWith('text/') ? `${file.contentType}; charset=utf-8` : file.contentType,
        'content-length': String(file.size),
        'content-disposition': attachment(file.name),
        'content-security-policy': "sandbox; default-src 'none'",
      },
    });
  }),
});
