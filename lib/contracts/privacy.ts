import { z } from 'zod';
import { time } from './fields';
import { fileDto } from './file';
import { JOB_STATUSES } from './status';

export const EXPORT_SUBJECTS = ['me', 'organization'] as const;

export const createExportBody = z.strictObject({
  of: z.enum(EXPORT_SUBJECTS).describe('one’s own data in the whole installation, or everything of the organization'),
});
export type CreateExportBody = z.infer<typeof createExportBody>;

const exportDto = z
  .object({
    id: z.string().describe('the id of the job that writes it'),
    of: z.enum(EXPORT_SUBJECTS),
    status: z.enum(JOB_STATUSES),
    createdAt: time,
    file: fileDto.nullable().describe('a ZIP that only who asked for it can open, for three days'),
  })
  .meta({ id: 'DataExport', description: 'An export of the data of a person or of an organization.' });
export type ExportDto = z.infer<typeof exportDto>;

export const exportAnswer = z.object({ export: exportDto });
export const exportList = z.object({ exports: z.array(exportDto), nextCursor: z.null() });
export type ExportList = z.infer<typeof exportList>;
