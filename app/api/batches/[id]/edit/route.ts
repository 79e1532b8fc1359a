import { editBody } from '@/lib/contracts/correction';
import { editBatch } from '@/lib/domain/batch/corrections/edit-batch';
import { getBatch } from '@/lib/domain/batch/get-batch';
import { validate } from '@/lib/domain/validate';
import { readJson } from '@/lib/http/body';
import { BODY_BYTES } from '@/lib/http/limits';
import { idOf, methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  POST: route({}, async ({ context, params, request }) => {
    // Asked first, so that what belongs to others is not there whatever is sent.
    const { id } = await getBatch(context, idOf(params));
    return editBatch(context, id, validate(editBody, (await readJson(request, BODY_BYTES)) ?? {}, 'The body'));
  }),
});
