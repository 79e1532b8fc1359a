import { editBody } from '@/lib/contracts/correction';
import { editBatch } from '@/lib/domain/batch/corrections/edit-batch';
import { findBatchFor } from '@/lib/domain/batch/get-batch';
import { validate } from '@/lib/domain/validate';
import { readJson } from '@/lib/http/body';
import { BODY_BYTES } from '@/lib/http/limits';
import { idOf, methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  POST: route({ permission: 'batch.edit' }, async ({ context, params, request }) => {
    const { id } = await findBatchFor(context, 'batch.edit', idOf(params));
    return editBatch(context, id, validate(editBody, (await readJson(request, BODY_BYTES)) ?? {}, 'The body'));
  }),
});
