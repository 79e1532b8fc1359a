import { logger } from '@/lib/config/logger';
import { type Context, requirePermission } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { takeStream } from '@/lib/domain/organization/limits/stream-limit';
import { offeredConnection, type StreamConnection } from '@/lib/http/front/stream-connections';
import { bytesOf, comment } from './frame';
import { type Hub, hub } from './hub';
import { filterOf, type Sink, Viewer } from './viewer';

/** Then the stream ends and the client reconnects, so that permissions and load are checked again. */
const MAX_LIFE_MS = 60 * 60_000;
const MAX_STREAMS = 4_000;
/** maximum streams per session or key */
const MAX_STREAMS_OF_ONE = 50;
const RETRY_AFTER_SECONDS = 10;

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  // Proxies must not compress or buffer the stream, because that delays events.
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
};

/**
 * `GET /api/events`: a stream that starts with a snapshot and then sends changes.
 * @throws DomainError `forbidden`, `invalid-request`, `not-found` when no row of the filter exists, `too-many-streams`,
 *   `limit-reached`
 */
export async function openStream(context: Context, request: Request): Promise<Response> {
  // A stream has events of all of them, and shares its reads with other streams.
  requirePermission(context, 'batch.see');
  requirePermission(context, 'job.see');
  requirePermission(context, 'flow.see');
  const filter = filterOf(request);
  const all = hub();
  const { body, sink, opened } = openSink(offeredConnection(request));
  const viewer = new Viewer(context, filter, sink);
  const end = () => {
    clearTimeout(life);
    all.leave(viewer);
  };
  const life = setTimeout(end, MAX_LIFE_MS);
  opened({ onGone: end, onDrained: () => void catchUp(all, viewer, end) });
  request.signal.addEventListener('abort', end, { once: true });
  const add = () => {
    refuseTooMany(all, context);
    all.add(viewer);
  };
  try {
    await takeStream(context, { count: () => all.countOf(context.organizationId), add });
    // The client may have disconnected before it was added.
    if (viewer.closed) end();
    await all.refresh(viewer);
    if (!viewer.unfiltered && viewer.batches.size + viewer.jobs.size + viewer.flows.size === 0) {
      throw new DomainError('not-found', 'None of the batches, flows and jobs that the filter names exists.');
    }
  } catch (error) {
    end();
    throw error;
  }
  return new Response(body, { headers: HEADERS });
}

function refuseTooMany(all: Hub, context: Context): void {
  const idOf = ({ credential, actor }: Context): string => credential?.id ?? actor.id;
  const own = [...all.viewers].filter((v) => idOf(v.context) === idOf(context)).length;
  if (all.viewers.size < MAX_STREAMS && own < MAX_STREAMS_OF_ONE) return;
  const whose =
    own < MAX_STREAMS_OF_ONE
      ? `${MAX_STREAMS} event streams are open here, which is the most.`
      : `This ${context.credential?.kind ?? 'session'} has ${own} event streams open, which is the most.`;
  throw new DomainError('too-many-streams', `${whose} Close some, or share one: a stream may name many batches.`, {
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  });
}

/** Sends a new snapshot to a client that fell behind and has now read its queue. */
async function catchUp(all: Hub, viewer: Viewer, end: () => void): Promise<void> {
  if (!viewer.behind) return;
  viewer.behind = false;
  try {
    await all.refresh(viewer);
  } catch (error) {
    logger.warn({ err: error }, 'A slow event stream could not be refreshed. Its client will reconnect.');
    end();
  }
}

/** Maximum bytes in the queue of a slow client. */
const QUEUE_BYTES = 256 * 1024;

interface Listeners {
  onGone(): void;
  onDrained(): void;
}

interface OpenedSink {
  body: ReadableStream<Uint8Array>;
  sink: Sink;
  opened: (listeners: Listeners) => void;
}

/** Writes to a client, and tells how much it has not read. */
interface Output {
  queuedBytes(): number;
  write(bytes: Uint8Array): void;
  close?(): void;
}

/**
 * Creates a writable response body, with a bounded queue for a client that reads slowly.
 * @param connection the body then carries only its first bytes, and the rest is written to the connection
 */
export function openSink(connection?: StreamConnection): OpenedSink {
  let listeners: Listeners | undefined;
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  const body = new ReadableStream<Uint8Array>(
    {
      start: (c) => {
        controller = c;
        c.enqueue(bytesOf(comment('batchyard')));
      },
      pull: () => {
        if (!connection) listeners?.onDrained();
      },
      cancel: () => {
        controller = undefined;
        listeners?.onGone();
      },
    },
    { highWaterMark: QUEUE_BYTES, size: (chunk) => chunk?.byteLength ?? 0 },
  );
  const output: Output = connection
    ? directOutput(connection, () => listeners?.onDrained())
    : {
        queuedBytes: () => QUEUE_BYTES - (controller?.desiredSize ?? 0),
        write: (bytes) => controller?.enqueue(bytes),
      };
  const sink: Sink = {
    write(text) {
      if (!controller || output.queuedBytes() >= QUEUE_BYTES) return false;
      output.write(bytesOf(text));
      return true;
    },
    force(text) {
      if (controller) output.write(bytesOf(text));
    },
    close() {
      controller?.close();
      controller = undefined;
      output.close?.();
    },
  };
  return {
    body,
    sink,
    opened: (given) => {
      listeners = given;
    },
  };
}

/** Writes to a connection as soon as the web framework has sent the head. Until then the messages wait here. */
function directOutput(connection: StreamConnection, onDrained: () => void): Output {
  const { response } = connection;
  let waiting: Uint8Array[] | undefined = [];
  let waitingBytes = 0;
  connection.onStarted = () => {
    for (const bytes of waiting ?? []) response.write(bytes);
    waiting = undefined;
    response.on('drain', onDrained);
  };
  return {
    queuedBytes: () => (waiting ? waitingBytes : response.writableLength),
    write(bytes) {
      if (!waiting) {
        if (!response.writableEnded) response.write(bytes);
        return;
      }
      waiting.push(bytes);
      waitingBytes += bytes.byteLength;
    },
    // A refusal, which the framework sends instead, has no messages.
    close() {
      delete connection.onStarted;
    },
  };
}
