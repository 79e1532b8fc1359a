import { z } from 'zod';
import { MAX_COUNTED } from './bounds';
import { count, nextCursor, time } from './fields';
import { name, text } from './text';

/** Maximum number of views of a person, and of shared views of an organization. */
export const MAX_VIEWS = 100;
const MAX_COLUMNS = 50;

/** The lists that a view can be of. */
export const VIEW_LISTS = ['jobs', 'batches', 'flows'] as const;
const viewList = z.enum(VIEW_LISTS);
export type ViewList = z.infer<typeof viewList>;

const queryOfView = text(10_000).describe('what it finds, as in the parameter `query` of the list (docs/queries.md)');
const columns = z
  .array(text(100).min(1))
  .max(MAX_COLUMNS)
  .nullable()
  .describe('shown columns; null = those of the list');
const position = z
  .int()
  .min(0)
  .max(MAX_VIEWS)
  .describe('place among one’s own views, or among the shared ones, from 0');
const isDefault = z.boolean().describe('the list opens with it; one of one’s own goes before a shared one');

export const createViewBody = z.strictObject({
  name: name(80),
  of: viewList,
  query: queryOfView,
  columns: columns.optional(),
  shared: z.boolean().default(false).describe('everybody in the organization sees it'),
  isDefault: isDefault.default(false),
});
export type CreateViewBody = z.infer<typeof createViewBody>;

export const updateViewBody = z.strictObject({
  name: name(80).optional(),
  of: viewList.optional(),
  query: queryOfView.optional(),
  columns: columns.optional(),
  shared: z.boolean().optional(),
  isDefault: isDefault.optional(),
  position: position.optional(),
});
export type UpdateViewBody = z.infer<typeof updateViewBody>;

const viewDto = z
  .object({
    id: z.string(),
    name: z.string(),
    of: viewList,
    query: z.string(),
    columns: z.array(z.string()).nullable(),
    shared: z.boolean(),
    isDefault: z.boolean(),
    position: count,
    mine: z.boolean().describe('whoever asks made it'),
    createdBy: z.string(),
    createdAt: time,
    updatedAt: time,
    count: z
      .object({
        found: count.describe(`at most ${MAX_COUNTED.toLocaleString('en')}`),
        more: z.boolean().describe('there may be more: it was not counted further'),
      })
      .nullable()
      .exactOptional()
      .describe(
        'only with `counts`, and some seconds old; null where the caller may not search so, or it took too long',
      ),
  })
  .meta({ id: 'View', description: 'A saved query. Own views are followed by those that are shared.' });
export type ViewDto = z.infer<typeof viewDto>;
export type ViewCount = NonNullable<ViewDto['count']>;

export const listViewsQuery = z.strictObject({
  of: viewList.optional(),
  counts: z.stringbool().default(false).describe('also say how many each view finds'),
});
export type ListViewsQuery = z.infer<typeof listViewsQuery>;

export const viewAnswer = z.object({ view: viewDto });
export type ViewAnswer = z.infer<typeof viewAnswer>;
export const viewListAnswer = z.object({ views: z.array(viewDto), nextCursor });
export type ViewListAnswer = z.infer<typeof viewListAnswer>;
