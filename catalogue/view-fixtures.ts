import type { ViewDto } from '@/lib/contracts/view';

/** A saved view of jobs, unless `fields` says otherwise. */
export const aView = (id: string, fields: Partial<ViewDto>): ViewDto => ({
  id,
  name: 'Failed today',
  of: 'jobs',
  query: 'status:failed created:today',
  columns: null,
  shared: false,
  isDefault: false,
  position: 0,
  mine: true,
  createdBy: 'Ana',
  createdAt: '2026-05-01T08:00:00.000Z',
  updatedAt: '2026-05-01T08:00:00.000Z',
  ...fields,
});
