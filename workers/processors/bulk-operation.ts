import { systemContext } from '@/lib/domain/context';
import { type OpenSecret, openSecrets } from '@/lib/domain/secret/open-secrets';
import type { OutputOf } from '@/lib/job-types/catalogue';
import { withoutSecrets } from '@/lib/outbound/clean-error';
import type { OutboundClient } from '@/lib/outbound/client';
import { outbound } from '@/lib/outbound/outbound';
import { hostOf } from '@/lib/outbound/policy';
import { Redactor } from '@/lib/outbound/redact';
import { tokensOf } from '@/lib/outbound/token-usage';
import type { Processor, ProcessorContext } from '@/workers/runtime/processor';
import { type BuiltRequest, buildRequest, secretNames } from './bulk-operation/build-request';
import { checkBody, checkText, classifyFailure, classifyStatus } from './bulk-operation/classify-response';
import { bodyOf, extractColumns } from './bulk-operation/extract-columns';
import { acquireHostPermit, waitForHostTurn } from './bulk-operation/host-permits';
import { type Answer, excerptOf, readAnswer } from './bulk-operation/read-answer';

type Job = ProcessorContext<'bulk-operation'>;

/**
 * Sends the HTTP request of a row. A retry may send it again, so POST and PATCH carry the job's id as Idempotency-Key.
 */
export const processBulkOperation: Processor<'bulk-operation'> = async (job) =>
  callRow(job, outbound(), await openSecrets(systemContext(job.organizationId), secretNames(job.data)));

/** Returns the same processor with the given HTTP client and secrets. */
export async function callRow(
  job: Job,
  client: OutboundClient,
  secrets: readonly OpenSecret[],
): Promise<OutputOf<'bulk-operation'>> {
  const redactor = new Redactor(secrets);
  try {
    const request = buildRequest(job.data, job.jobId, secrets, redactor);
    return await call(job, request, client, redactor);
  } catch (error) {
    throw withoutSecrets(error, redactor);
  }
}

async function call(
  job: Job,
  request: BuiltRequest,
  client: OutboundClient,
  redactor: Redactor,
): Promise<OutputOf<'bulk-operation'>> {
  const { data, signal } = job;
  const host = hostOf(request.url);
  const shown = redactor.text(`${request.method} ${request.url.href}`).slice(0, 2000);
  job.updateProgress(0, 1, `Waiting for ${redactor.text(host)}`);
  const leave = await acquireHostPermit(job, host);
  let answer: Answer;
  const started = performance.now();
  let sent = started;
  try {
    await waitForHostTurn(job, host);
    job.updateProgress(0, 1, `Calling ${redactor.text(host)}`);
    sent = performance.now();
    let hops = 0;
    const response = await client.request({
      ...request,
      signal,
      timeoutMs: data.timeoutMs,
      maxBytes: data.maxBytes,
      maxRedirects: data.maxRedirects,
      followAsGet: data.followAsGet,
      // The host limit was applied to the first request already. A redirect counts as one more request to its host.
      beforeHop: async (url) => {
        if (hops++ > 0) await waitForHostTurn(job, hostOf(url));
      },
    });
    answer = await readAnswer(response, data);
  } catch (error) {
    signal.throwIfAborted();
    const message = error instanceof Error ? error.message : String(error);
    job.log('warn', redactor.text(`${shown}: ${message}`));
    throw classifyFailure(error);
  } finally {
    await leave();
  }
  const durationMs = Math.round(performance.now() - sent);
  const { response, bytes } = answer;
  const outcome = `${response.status}, ${bytes.length} bytes in ${durationMs} ms`;
  job.log('info', `${shown}: ${outcome}${response.redirects > 0 ? ` after ${response.redirects} redirects` : ''}`);
  const warn = (code: string, message: string) => job.warn(code, redactor.text(message));
  // It was paid, whatever becomes of the answer.
  const tokens = tokensOf(answer.json);
  if (tokens !== undefined) job.cost({ tokens });
  const excerpt = excerptOf(answer, redactor);
  classifyStatus(response, data.acceptStatus ?? [], excerpt);
  checkBody(answer, data, excerpt, warn);
  checkText(answer, data, warn);
  if (response.followedAsGet === 303) {
    warn('followed-as-get', `${host} answered ${data.method} with a redirect (303), which was followed as a GET.`);
  }
  const saved = data.saveBody ? await save(job, answer, redactor) : {};
  job.updateProgress(1, 1, 'Done');
  return {
    status: response.status,
    url: redactor.text(response.url.href),
    contentType: answer.contentType === null ? null : redactor.text(answer.contentType),
    bytes: bytes.length,
    durationMs,
    redirects: response.redirects,
    ...(data.extract
      ? { columns: extractColumns(answer, data.extract, redactor, warn) }
      : bodyOf(answer, redactor, warn)),
    ...saved,
  };
}

/** Stores the complete response as a file. */
async function save(job: Job, answer: Answer, redactor: Redactor): Promise<{ fileId: string }> {
  const type = answer.contentType ?? 'application/octet-stream';
  const extension = /json/i.test(type) ? 'json' : /html/i.test(type) ? 'html' : /^text\//i.test(type) ? 'txt' : 'bin';
  const { fileId } = await job.saveArtifact(`answer.${extension}`, redactor.text(type), redactor.bytes(answer.bytes));
  return { fileId };
}
