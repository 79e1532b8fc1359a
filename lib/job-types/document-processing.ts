import { z } from 'zod';
import { text } from '@/lib/contracts/text';
import { DEFAULTS, defineJobType } from './definition';

/** What one document may hold; more is refused with `document-too-large`, before it can fill the memory. */
export const DOCUMENT_LIMITS = {
  /** of the file, with its pictures */
  bytes: 64 * 1024 * 1024,
  /** of its text: some 4,000 pages */
  characters: 10_000_000,
  /** of a PDF */
  pages: 20_000,
};

export const documentProcessing = defineJobType({
  type: 'document-processing',
  title: 'Document processing',
  description:
    'Reads a document (text, Markdown, HTML, PDF, DOCX), cuts it into chunks, embeds each and makes it searchable.',
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
    language: z.string().nullable().describe('ISO 639-1; null when it can’t be told'),
    duplicateOf: z.string().optional().describe('the job whose chunks hold the same text already'),
  }),
  defaults: { ...DEFAULTS, maxAttempts: 3 },
  consumerConcurrency: 4,
  itemName: (d) => d.title,
});
