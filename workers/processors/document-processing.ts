import { createHash } from 'node:crypto';
import { must } from '@/lib/contracts/must';
import { systemContext } from '@/lib/domain/context';
import { clip } from '@/lib/domain/document/clip';
import { noteDuplicate } from '@/lib/domain/document/duplicates';
import { currentEmbedder } from '@/lib/domain/document/embedders/current-embedder';
import { storeChunks } from '@/lib/domain/document/store-chunks';
import type { OutputOf } from '@/lib/job-types/catalogue';
import { DOCUMENT_LIMITS } from '@/lib/job-types/document-processing';
import type { Processor, ProcessorContext } from '@/workers/runtime/processor';
import { chunk } from './document-processing/chunk';
import { embedChunks } from './document-processing/embed';
import { extractIsolated } from './document-processing/isolate';
import { languageOf } from './document-processing/language';
import { cleanText, type ParsedDocument, tooLarge } from './document-processing/parsed';
import { canRecognize, withRecognizedText } from './document-processing/recognize';

const MAX_TITLE = 300;
/** A title whose extension gives the format of the text, such as README.md. */
const TEXTUAL_NAME = /\.(md|markdown|mdx|html?)$/i;

type Job = ProcessorContext<'document-processing'>;

/**
 * Extracts text, splits it into chunks, embeds and indexes them. A second run replaces the results of the first one.
 */
export const processDocument: Processor<'document-processing'> = async (job) => {
  const { signal } = job;
  job.updateProgress(0, 1, 'Reading');
  const { bytes, name } = await load(job);
  const document = await readDocument(job, bytes, name);
  const title = clip(
    cleanText(job.data.title || document.title || named(name) || firstWords(document.blocks)),
    MAX_TITLE,
  );
  for (const { code, message } of document.remarks ?? []) job.warn(code, message);
  const characters = document.blocks.reduce((sum, block) => sum + block.text.length, 0);
  const language = languageOf(document.blocks);
  const { format, encoding, pages, recognized } = document;
  const about = {
    characters,
    language,
    format,
    title,
    ...(encoding && job.data.fileId ? { encoding } : {}),
    ...(pages ? { pages } : {}),
    ...(recognized ? { recognizedPages: recognized } : {}),
  };
  const cut = { size: job.data.chunkSize, overlap: job.data.chunkOverlap };
  const fingerprint = fingerprintOf(
    document.blocks.map((block) => block.text),
    cut.size === undefined && cut.overlap === undefined ? '' : `${cut.size}/${cut.overlap}\n`,
  );
  const context = systemContext(job.organizationId);
  const own = { jobId: job.jobId, batchId: job.batchId, fingerprint };
  const embedder = currentEmbedder();
  const known = await noteDuplicate(context, { ...own, model: embedder.model });
  if (known) return duplicate(job, known, { ...about, model: embedder.model, dimensions: embedder.dimensions });

  const chunks = await chunk(document.blocks, signal, cut);
  job.log('info', `Read “${title}” (${document.format}): ${characters} characters, ${counted(chunks.length)}`);
  job.updateProgress(0, chunks.length, 'Embedding');
  const { model, dimensions, embeddings } = await embedChunks(title, chunks, {
    organizationId: job.organizationId,
    signal,
    onProgress: (done) => job.updateProgress(done, chunks.length, done < chunks.length ? 'Embedding' : 'Storing'),
    onTokens: (tokens) => job.cost({ tokens }),
  });
  signal.throwIfAborted();
  const stored = { ...own, title, model, chunks: pair(chunks, embeddings) };
  const meanwhile = await storeChunks(context, stored, signal);
  if (meanwhile) return duplicate(job, meanwhile, { ...about, model, dimensions });
  job.log('info', `Stored ${counted(chunks.length)}, embedded with ${model}`);
  job.updateProgress(chunks.length, chunks.length, 'Done');
  return { chunks: chunks.length, model, dimensions, ...about };
};

/** Returns the extracted text. If an OCR endpoint is configured, it includes the text of scanned pages. */
async function readDocument(job: Job, bytes: Uint8Array, name: string): Promise<ParsedDocument> {
  const document = await extractIsolated(bytes, name, job.signal, {
    encoding: job.data.encoding,
    pictures: canRecognize(),
  });
  const pictures = document.pictures?.length ?? 0;
  if (pictures === 0) return document;
  job.updateProgress(0, 1, 'Recognizing text');
  const read = await withRecognizedText(document, job.signal);
  job.log('info', `Recognized text on ${read.recognized} of ${pictures} pages that are pictures`);
  return read;
}

/** The same text is indexed already, so nothing is embedded or stored again. */
function duplicate(
  job: Job,
  { duplicateOf, chunks }: { duplicateOf: string; chunks: number },
  about: Omit<OutputOf<'document-processing'>, 'chunks' | 'duplicateOf'>,
): OutputOf<'document-processing'> {
  job.log('info', `“${about.title}” has the same text as the document of job ${duplicateOf}: nothing to store`);
  job.updateProgress(1, 1, 'Done');
  return { chunks, ...about, duplicateOf };
}

const counted = (chunks: number): string => (chunks === 1 ? '1 chunk' : `${chunks} chunks`);

function pair(texts: string[], embeddings: Float32Array[]): { text: string; embedding: Float32Array }[] {
  return texts.map((text, i) => {
    const embedding = embeddings[i];
    if (!embedding) throw new Error(`Chunk ${i} has no vector.`);
    return { text, embedding };
  });
}

const named = (name: string): string => (name.startsWith('.') ? '' : name);

const firstWords = (blocks: readonly { text: string }[]): string =>
  clip(blocks[0]?.text ?? '', 80).replace(/\s+/g, ' ');

/** Returns the document's bytes and its name, whose extension distinguishes text formats. */
async function load({ data, openFile, signal }: Job): Promise<{ bytes: Uint8Array; name: string }> {
  if (data.text !== undefined) {
    return { bytes: Buffer.from(data.text), name: TEXTUAL_NAME.exec(data.title ?? '')?.[0] ?? '' };
  }
  const { file, stream } = await openFile(must(data.fileId, 'fileId of a document'));
  try {
    if (file.size > DOCUMENT_LIMITS.bytes) throw tooLarge(file.size);
    // Shared memory could not be transferred to a thread without a copy.
    const bytes = new Uint8Array(file.size);
    let at = 0;
    for await (const part of stream) {
      signal.throwIfAborted();
      bytes.set(part, at);
      at += part.length;
    }
    return { bytes, name: file.name };
  } finally {
    stream.destroy();
  }
}

/**
 * Returns the same hash for texts that differ only in whitespace, case and Unicode form.
 * @param cut the chunking options, if they are not the defaults: other chunks make another document
 */
export function fingerprintOf(blocks: Iterable<string>, cut = ''): string {
  const hash = createHash('sha256').update(cut);
  for (const block of blocks) {
    for (const word of block.normalize('NFKC').toLowerCase().split(/\s+/)) if (word !== '') hash.update(`${word} `);
  }
  return hash.digest('hex');
}
