import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { type Refusal, refuseRaw } from './answer';

export interface BodyLimits {
  /** a client that sends nothing for this long, while the server reads its body, is disconnected */
  idleMs: number;
  /** without a session or key, the whole body has to arrive within this time */
  openMs: number;
  /** how long the connection stays open after a rejection, so that the client can read the response */
  lingerMs: number;
  /** how much of a rejected body is read; after that, backpressure stops the client until it reads the response */
  lingerBytes: number;
}

interface Coming {
  request: IncomingMessage;
  response: ServerResponse;
  open: boolean;
  began: number;
  moved: number;
  bytes: number;
  /** the client waits for `100 Continue`, so it sends no body yet */
  held: boolean;
}

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

/** Limits the duration of request bodies, and how much is read of a body that no handler reads. */
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
   * @param open whether the call needs neither session nor key
   * @param held whether the client waits for `100 Continue`, which is sent when the handler reads
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
      // The client is not slow if bytes are buffered in this process or if its body was not requested yet.
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

/** Sends `100 Continue` when the handler reads, so that a rejected client does not send its body. */
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
 * Closes the connection after a response that is sent before its whole request arrived. The rest of the body is still
 * read for a moment: an immediate close would reset the connection, and the client would lose the response.
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
      // Node calls it when the response is written.
      socket.destroySoon = () => discard.linger(lingerMs);
    }
    return writeHead.apply(this, given);
  } as typeof writeHead;
}

/** Reads and discards the rest of a body after its response. */
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
      // Closing now would reset the connection, and a busy client would lose the response.
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
