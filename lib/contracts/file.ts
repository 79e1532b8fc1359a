import { z } from 'zod';
import { count } from './fields';

export const fileDto = z
  .object({
    fileId: z.string(),
    name: z.string(),
    size: count.describe('bytes'),
    contentType: z.string(),
    sha256: z.string().describe('of the bytes, in hexadecimal'),
  })
  .meta({ id: 'File' });
export type FileDto = z.infer<typeof fileDto>;

/** `POST /api/files`: the first file. For a form with several files, also the list of all files. */
export const storedFiles = fileDto.extend({
  files: z.array(fileDto).exactOptional().describe('only for a form with several files: all of them'),
});
