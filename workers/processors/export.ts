import { Readable } from 'node:stream';
import { systemContext } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { saveArtifact } from '@/lib/domain/file/save-artifact';
import { contentsOfOrganization } from '@/lib/domain/privacy/contents-of-organization';
import { contentsOfPerson } from '@/lib/domain/privacy/contents-of-person';
import { inBlocks } from '@/lib/tabular/blocks';
import { type ZipEntry, zipStream } from '@/lib/tabular/zip-stream';
import { PermanentError, type Processor } from '@/workers/runtime/processor';

/** Writes the data of a person or an organization into a ZIP. A second run replaces the file of the first one. */
export const processExport: Processor<'export'> = async (job) => {
  const { organizationId, data, jobId, attempt, signal } = job;
  const parts = data.of === 'me' ? contentsOfPerson(data.for) : contentsOfOrganization(organizationId);
  let done = 0;
  async function* watched(lines: AsyncIterable<string>): AsyncGenerator<string> {
    for await (const line of lines) {
      signal.throwIfAborted();
      done += 1;
      yield `${line}\n`;
    }
  }
  async function* entries(): AsyncGenerator<ZipEntry> {
    for await (const { name, lines, total } of parts) {
      job.updateProgress(done, Math.max(total, done), `Writing ${name}`);
      yield { name, compress: true, open: () => Readable.from(inBlocks(watched(lines))) };
    }
  }
  const name = `${data.of === 'me' ? 'personal-data' : 'organization'}-${new Date().toISOString().slice(0, 10)}.zip`;
  const maker = { jobId, attempt, onlyFor: data.for };
  const body = zipStream(entries());
  try {
    const file = await saveArtifact(systemContext(organizationId), maker, {
      name,
      contentType: 'application/zip',
      body,
    });
    return { fileId: file.fileId, bytes: file.size };
  } catch (cause) {
    if (!(cause instanceof DomainError) || cause.code === 'unavailable') throw cause;
    throw new PermanentError(cause.message, cause.code, { cause });
  }
};
