import { runScheduleBody } from '@/lib/contracts/firing';
import { runSchedule } from '@/lib/domain/schedule/run-schedule';
import { jsonResponse } from '@/lib/http/json';
import { idOf, methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  POST: route({ permission: 'schedule.run', body: runScheduleBody }, async ({ context, params, body }) =>
    jsonResponse({ firing: await runSchedule(context, idOf(params), body) }, { status: 201 }),
  ),
});
