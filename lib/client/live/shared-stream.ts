import { parseJson, stringifyJson } from '@/lib/contracts/json';
import { EventStream, type EventStreamOptions, type LinkState, type ServerMessage } from './event-stream';

export interface SharedStreamOptions extends EventStreamOptions {
  /** this tab began to listen to another one's stream: what it read before may have missed something */
  onCatchUp: () => void;
}

/** What the tabs of a browser tell each other. */
type Word =
  | { kind: 'hello' }
  | { kind: 'nudge' }
  | { kind: 'doubt' }
  | { kind: 'alive' }
  | { kind: 'state'; state: LinkState }
  /** as JSON: what tabs send each other loses the class of a number that a double would change */
  | { kind: 'message'; json: string }
  | { kind: 'signed-out' };

const NAME = 'batchyard-live';
/** A leading tab that does not answer for this long is not waited for. */
const ANSWER_MS = 3_000;
/** Heartbeats come every two seconds: a leading tab that is silent for longer is frozen, or has nothing to pass on. */
const SILENCE_MS = 7_000;
const CHECK_MS = 1_000;

/** Whether tabs can share: Web Locks exist only in secure contexts, which plain http on a network is not. */
export const canShare = (): boolean =>
  typeof BroadcastChannel === 'function' && typeof navigator === 'object' && 'locks' in navigator;

/**
 * One stream for all tabs of a browser, because a browser opens only six connections to a host. The tab that holds the
 * lock reads the stream and passes everything on; when it goes, another takes over. A tab that hears nothing helps itself.
 */
export class SharedStream {
  readonly #options: SharedStreamOptions;
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
  }

  /** when the server was last heard, as Date.now() */
  get lastHeardAt(): number {
    return this.#own?.lastHeardAt ?? this.#heardAt;
  }

  open(): void {
    if (this.#channel) return;
    this.#openedAt = Date.now();
    this.#heardAt = this.#openedAt;
    this.#answered = false;
    this.#channel = new BroadcastChannel(NAME);
    this.#channel.onmessage = (event: MessageEvent<Word>) => this.#hear(event.data);
    this.#say({ kind: 'hello' });
    this.#lock = new AbortController();
    navigator.locks
      .request(NAME, { signal: this.#lock.signal }, () => this.#lead())
      .catch((error: unknown) => {
        if (!(error instanceof DOMException && error.name === 'AbortError')) this.#helpMyself();
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

  /** A call failed: what the screen shows may be old. */
  doubt(): void {
    if (this.#own) this.#own.doubt();
    else this.#say({ kind: 'doubt' });
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
        if (this.#leads) this.#say({ kind: 'message', json: stringifyJson(message) });
      },
      onState: (state) => {
        this.#setState(state);
        if (this.#leads) this.#say({ kind: 'state', state });
      },
      onAlive: () => {
        if (this.#leads) this.#say({ kind: 'alive' });
      },
      onSignedOut: () => {
        if (this.#leads) this.#say({ kind: 'signed-out' });
        this.#options.onSignedOut();
      },
    });
    stream.open();
    return stream;
  }

  #hear(word: Word): void {
    if (this.#leads) {
      if (word.kind === 'hello') this.#say({ kind: 'state', state: this.#state });
      if (word.kind === 'nudge') this.#own?.nudge();
      if (word.kind === 'doubt') this.#own?.doubt();
      return;
    }
    if (word.kind === 'hello' || word.kind === 'nudge' || word.kind === 'doubt') return;
    this.#heardAt = Date.now();
    if (!this.#answered || this.#own) this.#follow(word);
    if (word.kind === 'message') this.#options.onMessage(parseJson(word.json) as ServerMessage);
    else if (word.kind === 'state') this.#setState(word.state);
    else if (word.kind === 'signed-out') this.#options.onSignedOut();
  }

  /** The leading tab is there: listen to it, and read again what may have changed before. */
  #follow(word: Word): void {
    this.#answered = true;
    this.#own?.close();
    this.#own = null;
    if (word.kind !== 'state') this.#say({ kind: 'hello' });
    this.#options.onCatchUp();
  }

  #check = (): void => {
    if (this.#leads || this.#own) return;
    const now = Date.now();
    const unanswered = !this.#answered && now - this.#openedAt > ANSWER_MS;
    if (unanswered || now - this.#heardAt > SILENCE_MS) this.#helpMyself();
  };

  #helpMyself(): void {
    if (this.#channel && !this.#own) this.#own = this.#stream();
  }

  #onReturn = (): void => {
    if (!document.hidden && !this.#leads && !this.#own) this.#say({ kind: 'nudge' });
  };

  #say(word: Word): void {
    this.#channel?.postMessage(word);
  }

  #setState(state: LinkState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#options.onState(state);
  }
}
