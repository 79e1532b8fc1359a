import { z } from 'zod';
import { text } from '@/lib/contracts/text';
import { DEFAULTS, defineJobType } from './definition';

export const documentProcessing = defineJobType({
  type: 'document-processing',
  title: 'Document processing',
  description: 'Reads a document (text, Markdown, HTML, PDF, DOCX), cuts it into chunks, embeds each and makes it searchable.',
  input: z
    .strictObject({
      fileId: z.uuid().optional().describe('an uploaded file'),
      text: text(5_000_000).optional().describe('the text itself'),
      title: text(300).optional().describe('shown in search results'),
    })
    .refine((d) => (d.fileId === undefined) !== (d.text === undefined), {
      message: 'give exactly one of fileId and text',
      path: ['fileId'],
    }),
  output: z.object({
    chunks: z.int(),
    characters: z.int(),
    model: z.string(),
    dimensions: z.int(),
    format: z.string(),
    title: z.string(),
  }),
  defaults: { ...DEFAULTS, maxAttempts: 3 },
  consumerConcurrency: 4,
  acceptsFiles: true,
  itemName: (d) => d.title,
});
