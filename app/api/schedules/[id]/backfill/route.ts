import { backfillBody } from '@/lib/contracts/firing';
import { backfillSchedule } from '@/lib/domain/schedule/backfill-schedule';
import { jsonResponse } from '@/lib/http/json';
import { idOf, methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  POST: route({ permission: 'schedule.run', body: backfillBody }, async ({ context, params, body }) =>
    jsonResponse(await backfillSchedule(context, idOf(params), body), { status: body.dry ? 200 : 201 }),
  ),
});
