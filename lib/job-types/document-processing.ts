import { z } from 'zod';
import { canonicalEncoding } from '@/lib/contracts/encoding';
import { text } from '@/lib/contracts/text';
import { DEFAULTS, defineJobType } from './definition';

/** The limits of one document. A larger one fails with `document-too-large`, before it can exhaust the memory. */
export const DOCUMENT_LIMITS = {
  /** bytes of the file, including pictures */
  bytes: 64 * 1024 * 1024,
  /** characters of its text: about 4,000 pages */
  characters: 10_000_000,
  /** pages of a PDF */
  pages: 20_000,
};

/** The maximum characters of a chunk, and of the overlap with the previous one, unless a launch sets other values. */
export const CHUNK_SIZE = 1000;
export const CHUNK_OVERLAP_PART = 0.15;

/** Three short texts to try the type with. */
const NOTES = [
  {
    title: 'How bread rises',
    text: 'Yeast eats the sugar in the dough and gives off carbon dioxide. The gluten of the flour holds the gas in small bubbles, so the dough grows. A cold night slows the yeast down and gives more taste.',
  },
  {
    title: 'Why the sky is blue',
    text: 'Air scatters short waves of light more than long ones. Blue light reaches the eye from every direction, and red light mostly from the sun. At sunset the way through the air is long, and what is left is red.',
  },
  {
    title: 'How a bicycle stays up',
    text: 'A rider steers into the side to which the bicycle falls. The wheels come back under the weight. The trail of the front wheel helps: a leaning bicycle turns its own wheel to that side.',
  },
];

export const documentProcessing = defineJobType({
  type: 'document-processing',
  title: 'Document processing',
  description:
    'Reads a document (text, Markdown, HTML, PDF, Word, slides, OpenDocument, EPUB, RTF, mail), cuts it into chunks, embeds each and makes it searchable.',
  input: z
    .strictObject({
      fileId: z.uuid().optional().describe('an uploaded file'),
      text: text(5_000_000).optional().describe('the text itself'),
      title: text(300).optional().describe('shown in search results'),
      encoding: text(40)
        .refine(
          (name) => canonicalEncoding(name) !== undefined,
          'is not a known encoding, such as windows-1252 or ibm866',
        )
        .optional()
        .describe('of a text or HTML file, such as windows-1252; detected from its content when absent'),
      chunkSize: z.int().min(100).max(8000).optional().describe('characters of a chunk at most; 1,000 when absent'),
      chunkOverlap: z
        .int()
        .min(0)
        .max(4000)
        .optional()
        .describe('characters that a chunk repeats of the one before; 15% of the chunk size when absent'),
    })
    .refine((d) => (d.fileId === undefined) !== (d.text === undefined), {
      message: 'give exactly one of fileId and text',
      path: ['fileId'],
    })
    .refine((d) => d.encoding === undefined || d.text === undefined, {
      message: 'goes with a file: a text that is sent is Unicode already',
      path: ['encoding'],
    })
    .refine((d) => (d.chunkOverlap ?? 0) <= (d.chunkSize ?? CHUNK_SIZE) / 2, {
      message: 'must be at most half of the chunk size',
      path: ['chunkOverlap'],
    })
    .meta({ examples: NOTES }),
  output: z.object({
    chunks: z.int(),
    characters: z.int(),
    model: z.string(),
    dimensions: z.int(),
    format: z.string(),
    title: z.string(),
    language: z.string().nullable().describe('ISO 639-1; null when it can’t be detected'),
    encoding: z.string().optional().describe('how the text of the file was encoded, where that is a question'),
    pages: z.int().optional().describe('of a PDF, or slides'),
    recognizedPages: z.int().optional().describe('pages without text whose pictures were read'),
    duplicateOf: z.string().optional().describe('the job whose chunks hold the same text already'),
  }),
  defaults: { ...DEFAULTS, maxAttempts: 3 },
  consumerConcurrency: 4,
  itemName: (d) => d.title,
});
