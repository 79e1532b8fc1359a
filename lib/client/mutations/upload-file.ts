import { ApiError, apiPath, OfflineError, retryAfterSeconds } from '@/lib/client/api';
import type { Problem } from '@/lib/contracts/errors';
import type { FileDto } from '@/lib/contracts/file';

export interface UploadOptions {
  /** bytes sent so far, of all */
  onProgress?: (sent: number, total: number) => void;
  signal?: AbortSignal;
}

/** Uploads one file. XMLHttpRequest, because fetch does not report how much has been sent. @throws ApiError, OfflineError */
export function uploadFile(file: File, { onProgress, signal }: UploadOptions = {}): Promise<FileDto> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', apiPath('/files'));
    request.setRequestHeader('x-filename', encodeURIComponent(file.name));
    request.setRequestHeader('content-type', file.type || 'application/octet-stream');
    request.upload.onprogress = (event) => onProgress?.(event.loaded, event.total);
    request.onload = () => {
      const body = parse(request.responseText);
      if (request.status >= 200 && request.status < 300) resolve(body as unknown as FileDto);
      else {
        const retryAfter = retryAfterSeconds({ get: (name) => request.getResponseHeader(name) });
        reject(new ApiError(request.status, body as Partial<Problem>, retryAfter));
      }
    };
    request.onerror = () => reject(new OfflineError());
    request.onabort = () => reject(new DOMException('The upload was stopped.', 'AbortError'));
    signal?.addEventListener('abort', () => request.abort(), { once: true });
    if (signal?.aborted) request.abort();
    else request.send(file);
  });
}

/** An answer that is no JSON: only its status is known. */
function parse(text: string): Record<string, unknown> {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
