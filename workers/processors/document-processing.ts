import { systemContext } from '@/lib/domain/context';
import { storeChunks } from '@/lib/domain/document';
import { clip } from '@/lib/domain/document/clip';
import { DomainError } from '@/lib/domain/errors';
import { openFile } from '@/lib/domain/file';
import { DOCUMENT_LIMITS } from '@/lib/job-types/document-processing';
import { PermanentError, type Processor, type ProcessorContext } from '@/workers/runtime/processor';
import { chunk } from './document-processing/chunk';
import { embedChunks } from './document-processing/embed';
import { extractIsolated } from './document-processing/isolate';
import { cleanText, tooLarge } from './document-processing/parsed';

const MAX_TITLE = 300;
/** A title that tells how its text is written, such as README.md. */
const TEXTUAL_NAME = /\.(md|markdown|mdx|html?)$/i;

type Job = ProcessorContext<'document-processing'>;

/** Reads a document, cuts it into chunks, embeds them and stores them for search. A second run replaces the first. */
export const processDocument: Processor<'document-processing'> = async (job) => {
  const { signal } = job;
  job.updateProgress(0, 1, 'Reading');
  const { bytes, name } = await load(job);
  const document = await extractIsolated(bytes, name, signal);
  const title = clip(
    cleanText(job.data.title || document.title || named(name) || firstWords(document.blocks)),
    MAX_TITLE,
  );
  const chunks = await chunk(document.blocks, signal);
  const characters = document.blocks.reduce((sum, block) => sum + block.text.length, 0);
  job.log('info', `Read “${title}” (${document.format}): ${characters} characters, ${counted(chunks.length)}`);

  job.updateProgress(0, chunks.length, 'Embedding');
  const { model, dimensions, embeddings } = await embedChunks(title, chunks, signal, (done) =>
    job.updateProgress(done, chunks.length, done < chunks.length ? 'Embedding' : 'Storing'),
  );
  signal.throwIfAborted();
  await storeChunks(
    systemContext(job.organizationId),
    {
      jobId: job.jobId,
      batchId: job.batchId,
      title,
      model,
      chunks: pair(chunks, embeddings),
    },
    signal,
  );
  job.log('info', `Stored ${counted(chunks.length)}, embedded with ${model}`);
  job.updateProgress(chunks.length, chunks.length, 'Done');
  return { chunks: chunks.length, characters, model, dimensions, format: document.format, title };
};

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

/** The document's bytes, and the name that tells kinds of text apart. */
async function load({ data, organizationId, signal }: Job): Promise<{ bytes: Uint8Array; name: string }> {
  if (data.text !== undefined) {
    return { bytes: Buffer.from(data.text), name: TEXTUAL_NAME.exec(data.title ?? '')?.[0] ?? '' };
  }
  const { file, stream } = await openFile(systemContext(organizationId), data.fileId ?? '').catch((cause) => {
    if (cause instanceof DomainError && cause.code === 'not-found') {
      throw new PermanentError(`The file ${data.fileId} does not exist.`, 'file-not-found', { cause });
    }
    throw cause;
  });
  try {
    if (file.size > DOCUMENT_LIMITS.bytes) throw tooLarge(file.size);
    // Memory of its own, which a thread can take over without a copy.
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
