import { previewScheduleBody } from '@/lib/contracts/schedule';
import { previewSchedule } from '@/lib/domain/schedule/read-schedules';
import { DATA_BODY_BYTES, LIST_VALUES } from '@/lib/http/limits';
import { methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  POST: route(
    {
      permission: 'schedule.see',
      body: previewScheduleBody,
      bodyLimit: DATA_BODY_BYTES,
      bodyValues: LIST_VALUES,
    },
    ({ context, body }) => previewSchedule(context, body),
  ),
});
