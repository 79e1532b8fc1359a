import { listSchedulesQuery } from '@/lib/contracts/schedule';
import { createSchedule } from '@/lib/domain/schedule/create-schedule';
import { listSchedules } from '@/lib/domain/schedule/read-schedules';
import { newScheduleBody } from '@/lib/domain/schedule/schedule-body';
import { jsonResponse } from '@/lib/http/json';
import { DATA_BODY_BYTES, LIST_VALUES } from '@/lib/http/limits';
import { methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route({ permission: 'schedule.see', query: listSchedulesQuery }, ({ context, query }) =>
    listSchedules(context, query),
  ),
  POST: route(
    {
      permission: 'schedule.create',
      body: newScheduleBody,
      bodyLimit: DATA_BODY_BYTES,
      bodyValues: LIST_VALUES,
    },
    async ({ context, body }) => {
      const schedule = await createSchedule(context, body);
      return jsonResponse({ schedule }, { status: 201, headers: { location: `/api/schedules/${schedule.id}` } });
    },
  ),
});
