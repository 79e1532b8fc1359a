import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
} from '@aws-sdk/client-s3';
import { env } from '@/lib/config/env';
import { DomainError } from '@/lib/domain/errors';
import type { ByteRange, ObjectFacts, Storage } from './storage';

/** Stores files as objects in a bucket of any S3-compatible service. */
export function createS3Storage(): Storage {
  const { S3_BUCKET: bucket = '', S3_PREFIX: prefix } = env();
  const client = new S3Client(clientConfig());
  const at = (id: string) => ({ Bucket: bucket, Key: `${prefix}${id}` });

  return {
    kind: 's3',

    async keep(path: string, id: string, { size, contentType }: ObjectFacts): Promise<void> {
      const body = createReadStream(path);
      try {
        await client.send(
          new PutObjectCommand({ ...at(id), Body: body, ContentLength: size, ContentType: contentType }),
        );
      } catch (cause) {
        throw unreachable('store', cause);
      } finally {
        body.destroy();
      }
      await rm(path, { force: true });
    },

    async open(id: string, range?: ByteRange): Promise<Readable> {
      try {
        const { Body } = await client.send(
          new GetObjectCommand({ ...at(id), ...(range && { Range: `bytes=${range.start}-${range.end}` }) }),
        );
        // In Node.js the body of a response is always a Readable.
        return Body as Readable;
      } catch (cause) {
        throw unreachable('read', cause);
      }
    },

    async remove(id: string): Promise<void> {
      await client.send(new DeleteObjectCommand(at(id)));
    },
  };
}

/** Without configured keys the client uses AWS's default credential chain: variables, profiles, the machine's role. */
function clientConfig(): S3ClientConfig {
  const { S3_ENDPOINT, S3_REGION, S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY, S3_FORCE_PATH_STYLE } = env();
  return {
    region: S3_REGION,
    ...(S3_ENDPOINT && { endpoint: S3_ENDPOINT }),
    ...(S3_ACCESS_KEY_ID &&
      S3_SECRET_ACCESS_KEY && {
        credentials: { accessKeyId: S3_ACCESS_KEY_ID, secretAccessKey: S3_SECRET_ACCESS_KEY },
      }),
    forcePathStyle: S3_FORCE_PATH_STYLE,
    // Checksums in trailers are specific to Amazon; other services reject them.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  };
}

function unreachable(doing: 'store' | 'read', cause: unknown): DomainError {
  // Errors of the service have names, network errors have codes.
  const { name, code } = cause as NodeJS.ErrnoException;
  return new DomainError(
    'unavailable',
    `The bucket did not ${doing} the file (${code ?? name}). Look at the S3 settings, then try again.`,
    { cause },
  );
}
