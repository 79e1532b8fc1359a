import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { type Refusal, refuseRaw } from './answer';

export interface BodyLimits {
  /** a sender from whom nothing comes for this long, though it is waited for, is let go */
  idleMs: number;
  /** where nobody has to sign in, the whole body has to come in this time */
  openMs: number;
  /** what a refused sender may go on sending, so that it reads the answer */
  lingerMs: number;
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

/** Looks after bodies: how long they may take, and what becomes of those that nobody reads. */
export class Bodies {
  private readonly coming = new Set<Coming>();
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly limits: BodyLimits) {
    this.timer = setInterval(() => this.look(), Math.max(50, Math.min(limits.idleMs, limits.openMs) / 6)).unref();
  }

  close(): void {
    clearInterval(this.timer);
  }

  /**
   * @param open whether it is taken from anybody
   * @param held whether the sender waits to be told to go on; it is, when the first byte is asked for
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
    if (held) tellOnReading(entry);
    closeAfterAnswer(request, response, this.limits);
  }

  private look(): void {
    const now = Date.now();
    for (const entry of this.coming) {
      const { request, response, open } = entry;
      const { bytesRead } = request.socket;
      // What waits here, or could not come yet, is not the sender's delay.
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

/** The sender waits with its body until somebody wants it, so that who is refused need not send it at all. */
function tellOnReading(entry: Coming): void {
  const { request, response } = entry;
  const read = request._read;
  request._read = function readTold(size) {
    if (entry.held) {
      entry.held = false;
      if (!response.headersSent && !response.destroyed) response.writeContinue();
    }
    read.call(this, size);
  };
}

/**
 * An answer that goes out before its request has come whole is the last on the connection. What is still on its way is
 * read for a moment: cutting the connection at once would take the answer with it.
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
      const passOver = new PassOver(request, response, lingerBytes);
      // Node calls it when the answer is written.
      socket.destroySoon = () => passOver.linger(lingerMs);
    }
    return writeHead.apply(this, given);
  } as typeof writeHead;
}

/** What comes of a body after it was answered, which is for nobody. */
class PassOver {
  private readonly socket: Socket;

  constructor(
    private readonly request: IncomingMessage,
    response: ServerResponse,
    bytes: number,
  ) {
    this.socket = request.socket;
    const from = this.socket.bytesRead;
    for (const event of ['data', 'readable']) request.removeAllListeners(event);
    request.on('error', () => undefined);
    request.on('data', () => {
      if (this.socket.bytesRead - from <= bytes) return;
      if (response.writableFinished) this.socket.destroy();
      else request.pause();
    });
    request.resume();
  }

  linger(ms: number): void {
    this.socket.end();
    if (this.request.readableEnded) this.socket.destroy();
    this.request.once('end', () => this.socket.destroy());
    this.request.resume();
    const timer = setTimeout(() => this.socket.destroy(), ms);
    this.socket.once('close', () => clearTimeout(timer));
  }
}
