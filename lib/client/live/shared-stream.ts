import type { ServerMessage } from '@/lib/contracts/events';
import { parseJson, stringifyJson } from '@/lib/contracts/json';
import { EventStream, type EventStreamOptions, type LinkState } from './event-stream';

export interface SharedStreamOptions extends EventStreamOptions {
  /** tabs share a stream only with tabs of the same organization */
  organizationId: string;
  /** this tab began to follow the stream of another tab: data that it read before may be old */
  onCatchUp: () => void;
}

/** Messages between the tabs of a browser. */
type TabMessage =
  | { kind: 'hello' }
  | { kind: 'nudge' }
  | { kind: 'suspect' }
  | { kind: 'alive' }
  | { kind: 'state'; state: LinkState }
  /** as JSON: a message between tabs would lose the class of numbers that a double can't hold */
  | { kind: 'message'; json: string }
  | { kind: 'signed-out' }
  | { kind: 'switched' };

const NAME = 'batchyard-live';
/** A tab waits this long for an answer of the leading tab, then opens a stream of its own. */
const ANSWER_MS = 3_000;
/** Heartbeats come every two seconds: a leading tab that is silent for longer is frozen. */
const SILENCE_MS = 7_000;
const CHECK_MS = 1_000;

/** Whether tabs can share: Web Locks exist only in secure contexts, which plain http on a network is not. */
export const canShare = (): boolean =>
  typeof BroadcastChannel === 'function' && typeof navigator === 'object' && 'locks' in navigator;

/**
 * One stream for all tabs of a browser, because a browser opens only six connections to a host. The tab that holds the
 * lock leads: it reads the stream and passes every event on. When it closes, another tab leads. A tab that receives nothing
 * opens a stream of its own.
 */
export class SharedStream {
  readonly #options: SharedStreamOptions;
  readonly #name: string;
  #channel: BroadcastChannel | null = null;
  #lock: AbortController | null = null;
  #release: (() => void) | null = null;
  #own: EventStream | null = null;
  #leads = false;
  #state: LinkState = 'connecting';
  #heardAt = 0;
  #openedAt = 0;
  #answered = false;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(options: SharedStreamOptions) {
    this.#options = options;
    this.#name = `${NAME} ${options.organizationId}`;
  }

  /** when bytes last arrived, as Date.now() */
  get lastHeardAt(): number {
    return this.#own?.lastHeardAt ?? this.#heardAt;
  }

  open(): void {
    if (this.#channel) return;
    this.#openedAt = Date.now();
    this.#heardAt = this.#openedAt;
    this.#answered = false;
    this.#channel = new BroadcastChannel(this.#name);
    this.#channel.onmessage = (event: MessageEvent<TabMessage>) => this.#receive(event.data);
    this.#send({ kind: 'hello' });
    this.#lock = new AbortController();
    navigator.locks
      .request(this.#name, { signal: this.#lock.signal }, () => this.#lead())
      .catch((error: unknown) => {
        if (!(error instanceof DOMException && error.name === 'AbortError')) this.#openOwnStream();
      });
    this.#timer = setInterval(this.#check, CHECK_MS);
    document.addEventListener('visibilitychange', this.#onReturn);
    globalThis.addEventListener('online', this.#onReturn);
  }

  close(): void {
    clearInterval(this.#timer);
    document.removeEventListener('visibilitychange', this.#onReturn);
    globalThis.removeEventListener('online', this.#onReturn);
    this.#lock?.abort();
    this.#release?.();
    this.#own?.close();
    this.#channel?.close();
    this.#own = null;
    this.#channel = null;
    this.#leads = false;
    this.#state = 'connecting';
  }

  /** A call failed: data on screen may be old. */
  suspect(): void {
    if (this.#own) this.#own.suspect();
    else this.#send({ kind: 'suspect' });
  }

  /** Holds the lock for as long as the returned promise is open. */
  #lead(): Promise<void> {
    if (!this.#channel) return Promise.resolve();
    this.#leads = true;
    this.#own?.close();
    this.#own = this.#stream();
    return new Promise((resolve) => {
      this.#release = resolve;
    });
  }

  #stream(): EventStream {
    const stream = new EventStream({
      ...this.#options,
      onMessage: (message) => {
        this.#options.onMessage(message);
        if (this.#leads) this.#send({ kind: 'message', json: stringifyJson(message) });
      },
      onState: (state) => {
        this.#setState(state);
        if (this.#leads) this.#send({ kind: 'state', state });
      },
      onAlive: () => {
        if (this.#leads) this.#send({ kind: 'alive' });
      },
      onSignedOut: () => {
        if (this.#leads) this.#send({ kind: 'signed-out' });
        this.#options.onSignedOut();
      },
      onSwitched: () => {
        if (this.#leads) this.#send({ kind: 'switched' });
        this.#options.onSwitched?.();
      },
    });
    stream.open();
    return stream;
  }

  #receive(message: TabMessage): void {
    if (this.#leads) {
      if (message.kind === 'hello') this.#send({ kind: 'state', state: this.#state });
      if (message.kind === 'nudge') this.#own?.nudge();
      if (message.kind === 'suspect') this.#own?.suspect();
      return;
    }
    if (message.kind === 'hello' || message.kind === 'nudge' || message.kind === 'suspect') return;
    this.#heardAt = Date.now();
    if (!this.#answered || this.#own) this.#follow(message);
    if (message.kind === 'message') this.#options.onMessage(parseJson(message.json) as ServerMessage);
    else if (message.kind === 'state') this.#setState(message.state);
    else if (message.kind === 'signed-out') this.#options.onSignedOut();
    else if (message.kind === 'switched') this.#options.onSwitched?.();
  }

  /** Follows the leading tab, and reads again what may have changed before. */
  #follow(message: TabMessage): void {
    this.#answered = true;
    this.#own?.close();
    this.#own = null;
    if (message.kind !== 'state') this.#send({ kind: 'hello' });
    this.#options.onCatchUp();
  }

  #check = (): void => {
    if (this.#leads || this.#own) return;
    const now = Date.now();
    const unanswered = !this.#answered && now - this.#openedAt > ANSWER_MS;
    if (unanswered || now - this.#heardAt > SILENCE_MS) this.#openOwnStream();
  };

  #openOwnStream(): void {
    if (this.#channel && !this.#own) this.#own = this.#stream();
  }

  #onReturn = (): void => {
    if (!document.hidden && !this.#leads && !this.#own) this.#send({ kind: 'nudge' });
  };

  #send(message: TabMessage): void {
    this.#channel?.postMessage(message);
  }

  #setState(state: LinkState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#options.onState(state);
  }
}
