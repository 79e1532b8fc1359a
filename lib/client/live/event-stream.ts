import { createParser } from 'eventsource-parser';
import { exponential } from '@/lib/contracts/backoff';
import type { ServerMessage } from '@/lib/contracts/events';
import { parseJson } from '@/lib/contracts/json';
import { retryAfterMs } from '@/lib/contracts/retry-after';

export type LinkState = 'connecting' | 'live' | 'reconnecting' | 'offline';

export interface EventStreamOptions {
  url: string;
  onMessage: (message: ServerMessage) => void;
  onState: (state: LinkState) => void;
  onSignedOut: () => void;
  /** the session works in another organization now */
  onSwitched?: () => void;
  headers?: Record<string, string>;
  /** bytes arrived, if only a heartbeat */
  onAlive?: () => void;
  fetch?: typeof fetch;
  random?: () => number;
}

/** Heartbeats come every two seconds. No byte for this long means that the connection is dead, whatever the state of the socket. */
const SILENCE_MS = 4_500;
const CHECK_MS = 500;
/** A busy server may need this long for its first byte. */
const FIRST_BYTE_MS = 15_000;
/** After sleep, a connection that was silent for more than a heartbeat is not trusted. */
const SUSPECT_MS = 3_000;
/** Half of each delay is jitter, so that the browsers of a restarted server do not reconnect together. */
const BACKOFF = { base: 250, max: 7_500, jitter: 1 };
/** A stream that the server ends in order is replaced without alarming anyone. */
const GRACE_MS = 1_500;
/** Failed attempts after which the screen shows that Batchyard is not reachable. */
const OFFLINE_AFTER = 4;

/**
 * A connection to `GET /api/events` that keeps itself alive: reconnects with growing, jittered pauses, notices
 * silence, sleep and the network's return. Each connection starts with a snapshot, so there is nothing to resume.
 */
export class EventStream {
  readonly #options: EventStreamOptions;
  #attempt = 0;
  #controller: AbortController | null = null;
  /** bytes, or the beginning of the wait for them */
  #lastByteAt = 0;
  #heardAt = Date.now();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #watchdog: ReturnType<typeof setInterval> | undefined;
  #grace: ReturnType<typeof setTimeout> | undefined;
  #state: LinkState = 'connecting';
  #open = false;
  /** the open connection has delivered bytes */
  #hasBytes = false;

  constructor(options: EventStreamOptions) {
    this.#options = options;
  }

  /** when bytes last arrived, as Date.now() */
  get lastHeardAt(): number {
    return this.#heardAt;
  }

  open(): void {
    if (this.#open) return;
    this.#open = true;
    this.#watchdog = setInterval(this.#checkSilence, CHECK_MS);
    globalThis.addEventListener?.('online', this.#onReturn);
    globalThis.addEventListener?.('offline', this.#onOffline);
    globalThis.document?.addEventListener('visibilitychange', this.#onReturn);
    void this.#connect();
  }

  close(): void {
    this.#open = false;
    clearInterval(this.#watchdog);
    clearTimeout(this.#timer);
    clearTimeout(this.#grace);
    globalThis.removeEventListener?.('online', this.#onReturn);
    globalThis.removeEventListener?.('offline', this.#onOffline);
    globalThis.document?.removeEventListener('visibilitychange', this.#onReturn);
    this.#controller?.abort();
    this.#controller = null;
  }

  /** Replaces the connection if it was silent for long. */
  nudge(): void {
    if (!this.#controller || Date.now() - this.#lastByteAt > SUSPECT_MS) this.#reconnectNow();
  }

  /** Replaces the connection because a call failed or the browser is offline: data on screen may be old. */
  suspect(): void {
    if (this.#state === 'live' && !this.#grace) this.#reconnectNow();
  }

  #checkSilence = (): void => {
    if (!this.#controller || Date.now() - this.#lastByteAt <= (this.#hasBytes ? SILENCE_MS : FIRST_BYTE_MS)) return;
    if (this.#state === 'live') this.#setState('reconnecting');
    this.#reconnectNow();
  };

  #onReturn = (): void => {
    if (!globalThis.document?.hidden) this.nudge();
  };

  // The loopback address works without a network: only an answer proves anything.
  #onOffline = (): void => {
    if (this.#state === 'live') this.#setState('reconnecting');
    this.#reconnectNow();
  };

  #reconnectNow(): void {
    clearTimeout(this.#timer);
    this.#controller?.abort();
    this.#controller = null;
    this.#lose();
    void this.#connect();
  }

  async #connect(): Promise<void> {
    const controller = new AbortController();
    this.#controller = controller;
    this.#lastByteAt = Date.now();
    this.#hasBytes = false;
    let waitMs = 0;
    try {
      const response = await (this.#options.fetch ?? fetch)(this.#options.url, {
        headers: { ...this.#options.headers, accept: 'text/event-stream' },
        credentials: 'same-origin',
        cache: 'no-store',
        signal: controller.signal,
      });
      if (response.status === 401 || (await lacksSecondFactor(response))) {
        this.close();
        this.#options.onSignedOut();
        return;
      }
      if (response.status === 409) {
        this.close();
        this.#options.onSwitched?.();
        return;
      }
      if (!response.ok || !response.body) {
        waitMs = retryAfterMs(response.headers) ?? 0;
        throw new Error(`The event stream answered ${response.status}.`);
      }
      await this.#read(response.body, controller.signal);
    } catch (error) {
      // Every failure has one remedy, to connect again; the screen shows the state.
      if (controller.signal.aborted) return;
      if (error instanceof SyntaxError) console.error('The event stream carried something unreadable.', error);
    }
    if (controller.signal.aborted || !this.#open) return;
    this.#controller = null;
    this.#attempt += 1;
    this.#lose();
    const delay = exponential({ ...BACKOFF, random: this.#options.random })(this.#attempt);
    this.#timer = setTimeout(() => void this.#connect(), Math.max(waitMs, delay));
  }

  async #read(body: ReadableStream<Uint8Array>, signal: AbortSignal): Promise<void> {
    const parser = createParser({
      onEvent: ({ event, data }) => {
        this.#attempt = 0;
        this.#setState('live');
        this.#options.onMessage({ event, data: parseJson(data) } as ServerMessage);
      },
    });
    const decoder = new TextDecoder();
    const reader = body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done || signal.aborted) return;
      this.#hasBytes = true;
      this.#lastByteAt = Date.now();
      this.#heardAt = this.#lastByteAt;
      this.#options.onAlive?.();
      parser.feed(decoder.decode(value, { stream: true }));
    }
  }

  #lose(): void {
    const lost = this.#attempt >= OFFLINE_AFTER || globalThis.navigator?.onLine === false;
    if (this.#state === 'reconnecting' || this.#state === 'offline') {
      this.#setState(lost ? 'offline' : 'reconnecting');
    } else if (!this.#grace) {
      this.#grace = setTimeout(() => this.#setState('reconnecting'), GRACE_MS);
    }
  }

  #setState(state: LinkState): void {
    clearTimeout(this.#grace);
    this.#grace = undefined;
    if (state === this.#state) return;
    this.#state = state;
    this.#options.onState(state);
  }
}

/** Returns whether the session may only set a second factor up. Any other refusal may pass. */
async function lacksSecondFactor(response: Response): Promise<boolean> {
  if (response.status !== 403) return false;
  const { code } = (await response.json()) as { code?: unknown };
  return code === 'second-factor-required';
}
