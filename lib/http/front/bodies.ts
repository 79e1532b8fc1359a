import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { type Refusal, refuseRaw } from './answer';

export interface BodyLimits {
  /** a sender that sends nothing for this long, although its body is wanted, is disconnected */
  idleMs: number;
  /** without a session or key, the whole body has to arrive within this time */
  openMs: number;
  /** how long the connection stays open after a refusal, so that the sender reads the answer */
  lingerMs: number;
  /** how much of a refused body is read; then the sender is held back until it has read the answer */
  lingerBytes: number;
}

interface Coming {
  request: IncomingMessage;
  response: ServerResponse;
  open: boolean;
  began: number;
  moved: number;
  bytes: number;
  /** Expect: 100-continue was not answered, so nothing can come */
  held: boolean;
}

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

/** Limits request bodies: how long they may take, and how much is read of those that no handler reads. */
export class Bodies {
  private readonly coming = new Set<Coming>();
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly limits: BodyLimits) {
    this.timer = setInterval(() => this.checkAll(), Math.max(50, Math.min(limits.idleMs, limits.openMs) / 6)).unref();
  }

  close(): void {
    clearInterval(this.timer);
  }

  /**
   * @param open whether the call needs no session or key
   * @param held whether the sender waits for `100 Continue`, which it gets when the handler reads
   */
  watch(request: IncomingMessage, response: ServerResponse, { open, held }: { open: boolean; held: boolean }): void {
    if (!hasBody(request)) return;
    const now = Date.now();
    const entry = { request, response, open, held, began: now, moved: now, bytes: request.socket.bytesRead };
    this.coming.add(entry);
    const over = () => this.coming.delete(entry);
    request.once('end', over);
    request.once('close', over);
    response.once('close', over);
    if (held) continueOnRead(entry);
    closeAfterAnswer(request, response, this.limits);
  }

  private checkAll(): void {
    const now = Date.now();
    for (const entry of this.coming) {
      const { request, response, open } = entry;
      const { bytesRead } = request.socket;
      // Bytes that wait in this process, or a body that was not asked for yet, are not the sender's delay.
      if (bytesRead !== entry.bytes || request.readableLength > 0 || entry.held) entry.moved = now;
      entry.bytes = bytesRead;
      if (response.headersSent || request.complete) continue;
      if (now - entry.moved > this.limits.idleMs) this.end(entry, `Nothing came for ${this.limits.idleMs / 1000} s.`);
      else if (open && now - entry.began > this.limits.openMs) {
        this.end(entry, `The body did not come within ${this.limits.openMs / 1000} s.`);
      }
    }
  }

  private end(entry: Coming, detail: string): void {
    this.coming.delete(entry);
    const { request } = entry;
    refuseRaw(
      request.socket,
      { code: 'request-timeout', detail } satisfies Refusal,
      `${request.method} ${request.url}`,
    );
    request.socket.once('finish', () => request.socket.destroy());
    setTimeout(() => request.socket.destroy(), this.limits.lingerMs).unref();
  }
}

/** Answers `Expect: 100-continue` when the handler reads, so that a refused sender need not send its body. */
function continueOnRead(entry: Coming): void {
  const { request, response } = entry;
  const read = request._read;
  request._read = function readAfterContinue(size) {
    if (entry.held) {
      entry.held = false;
      if (!response.headersSent && !response.destroyed) response.writeContinue();
    }
    read.call(this, size);
  };
}

/**
 * Closes the connection after an answer that is sent before its whole request arrived. The rest of the body is still read
 * for a moment: closing at once would reset the connection, and the sender would lose the answer.
 */
function closeAfterAnswer(
  request: IncomingMessage,
  response: ServerResponse,
  { lingerMs, lingerBytes }: BodyLimits,
): void {
  const { socket } = request;
  const writeHead = response.writeHead;
  response.writeHead = function lastWriteHead(this: ServerResponse, ...given: Parameters<typeof writeHead>) {
    if (!request.complete) {
      response.shouldKeepAlive = false;
      const discard = new Discard(request, lingerBytes);
      // Node calls it when the answer is written.
      socket.destroySoon = () => discard.linger(lingerMs);
    }
    return writeHead.apply(this, given);
  } as typeof writeHead;
}

/** Reads and drops what arrives of a body after its answer. */
class Discard {
  private readonly socket: Socket;
  private isFull = false;

  constructor(
    private readonly request: IncomingMessage,
    bytes: number,
  ) {
    this.socket = request.socket;
    const from = this.socket.bytesRead;
    for (const event of ['data', 'readable']) request.removeAllListeners(event);
    request.on('error', () => undefined);
    request.on('data', () => {
      if (this.socket.bytesRead - from <= bytes) return;
      // Closing now would reset the connection, and a busy sender would lose the answer.
      this.isFull = true;
      request.pause();
    });
    request.resume();
  }

  linger(ms: number): void {
    this.socket.end();
    if (this.request.readableEnded) this.socket.destroy();
    this.request.once('end', () => this.socket.destroy());
    if (!this.isFull) this.request.resume();
    const timer = setTimeout(() => this.socket.destroy(), ms);
    this.socket.once('close', () => clearTimeout(timer));
  }
}
