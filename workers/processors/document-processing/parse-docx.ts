import { PermanentError } from '@/workers/runtime/processor';
import { readHtml } from './parse-html';
import type { ParsedDocument } from './parsed';
import { readDirectory, unpackedSize, type ZipEntry, ZipError } from './zip';

/** What all the XML of a document may unpack to: a few kilobytes can be made to hold gigabytes. */
const MAX_XML_BYTES = 48 * 1024 * 1024;

/** DOCX: its paragraphs, lists, tables and headings. */
export async function parseDocx(bytes: Uint8Array): Promise<ParsedDocument> {
  try {
    await checkExpansion(bytes);
    const { default: mammoth } = await import('mammoth');
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const { value } = await mammoth.convertToHtml(
      { buffer },
      { convertImage: mammoth.images.imgElement(async () => ({ src: '' })), externalFileAccess: false },
    );
    const { blocks } = await readHtml(value);
    return { format: 'docx', title: blocks.find(({ heading }) => heading === 1)?.text, blocks };
  } catch (error) {
    if (error instanceof PermanentError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new PermanentError(`The Word document is damaged and can't be read: ${reason}`, 'corrupt-document', {
      cause: error,
    });
  }
}

/** Measures before anything is unpacked into memory; what an archive declares is not believed. */
async function checkExpansion(bytes: Uint8Array): Promise<void> {
  let left = MAX_XML_BYTES;
  for (const entry of readDirectory(bytes).filter(isXml)) {
    if (entry.encrypted) throw new PermanentError('The Word document is encrypted.', 'encrypted-document');
    const size = entry.size > left ? undefined : await unpackedSize(bytes, entry, left);
    if (size === undefined) {
      throw new PermanentError(
        `The Word document unpacks to more than ${MAX_XML_BYTES / 1024 / 1024} MB, which is not processed.`,
        'document-too-large',
      );
    }
    if (size !== entry.size) throw new ZipError(`${entry.name} is not as large as it says`);
    left -= size;
  }
}

const isXml = ({ name }: ZipEntry): boolean => /\.(xml|rels)$/i.test(name);
