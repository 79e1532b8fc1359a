import { systemContext } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { openFile } from '@/lib/domain/file/open-file';
import { saveArtifact } from '@/lib/domain/file/save-artifact';
import type { Claim } from '@/lib/domain/job/claim-jobs';
import type { JobType } from '@/lib/job-types/catalogue';
import { HiddenValues } from '@/lib/outbound/hidden-values';
import { PermanentError, type ProcessorContext } from './processor';

type Files = Pick<ProcessorContext<JobType>, 'openFile' | 'saveArtifact'>;

/** What one attempt may do with files, in its organization and under its own name. */
export function filesOf(
  claim: Pick<Claim, 'id' | 'organization_id' | 'attempt'>,
  running: { readonly signal: AbortSignal },
  secrets: HiddenValues = new HiddenValues(),
): Files {
  const context = systemContext(claim.organization_id);
  const maker = { jobId: claim.id, attempt: claim.attempt };
  return {
    openFile: (fileId) =>
      openFile(context, fileId).catch((cause) => {
        if (!(cause instanceof DomainError) || cause.code !== 'not-found') throw cause;
        throw new PermanentError(
          `The file ${fileId.slice(0, 64)} does not exist. Was it deleted, or left unused for a day? Upload it again.`,
          'file-not-found',
          { cause },
        );
      }),
    saveArtifact: (fileName, type, body) => {
      const [name, contentType] = [secrets.text(fileName), secrets.text(type)];
      return saveArtifact(context, maker, { name, contentType, body: bytesOf(body, running.signal) }).catch((cause) => {
        if (!(cause instanceof DomainError) || cause.code === 'unavailable') throw cause;
        throw new PermanentError(cause.message, cause.code, { cause });
      });
    },
  };
}

async function* bytesOf(
  body: AsyncIterable<Uint8Array | string> | Uint8Array | string,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  if (typeof body === 'string' || body instanceof Uint8Array) {
    yield Buffer.from(body);
    return;
  }
  for await (const part of body) {
    signal.throwIfAborted();
    yield typeof part === 'string' ? Buffer.from(part) : part;
  }
}
