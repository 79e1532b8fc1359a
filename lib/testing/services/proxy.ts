import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Decides whether a response is dropped, and when it is complete. */
export interface Interception {
  /** Called for each chunk from the client; true: its response is dropped. */
  loses(request: Buffer): boolean;
  /** Whether the server's response is complete: then both connections are closed. */
  isWhole(answer: Buffer): boolean;
  /** Called after the connections were closed: the server has done the work, and the client received no response. */
  lost(request: Buffer): void;
}

/** A TCP proxy to a service that can add latency, close connections, or drop responses. */
export interface ServiceProxy {
  /** The service's URL, through the proxy. */
  through(url: string): string;
  /** The latency of every chunk in milliseconds. */
  delayMs: number;
  /** Drops responses if set. */
  interception: Interception | undefined;
  /** How many chunks were delayed so far. */
  delayed: number;
  /** Called with each chunk from the service, before the client receives it. */
  overhear: ((answer: Buffer) => void) | undefined;
  /** Closes all connections and accepts no more, as if the service were gone. */
  cut(): Promise<void>;
  /** Accepts connections again after `cut`, on the same port. */
  reopen(): Promise<void>;
  stop(): Promise<void>;
}

/** Opens a proxy on a free loopback port to the service at `url`. */
export async function startProxy(url: string): Promise<ServiceProxy> {
  const target = new URL(url);
  const open = new Set<Socket>();
  const server = createServer((client) => {
    const service = connect(Number(target.port), target.hostname);
    for (const socket of [client, service]) {
      open.add(socket.setNoDelay(true));
      socket.on('close', () => open.delete(socket));
      // Connection errors are expected here: the other side is closed too.
      socket.on('error', () => undefined);
    }
    let losing: Buffer | undefined;
    const cut = () => {
      client.destroy();
      service.destroy();
    };
    client.on('close', () => service.destroy());
    service.on('close', () => client.destroy());
    const toService = lane(client, service, proxy);
    const toClient = lane(service, client, proxy);
    client.on('data', (piece: Buffer) => {
      if (!losing && proxy.interception?.loses(piece)) losing = piece;
      toService(piece);
    });
    service.on('data', (piece: Buffer) => {
      proxy.overhear?.(piece);
      if (!losing) return toClient(piece);
      if (proxy.interception && !proxy.interception.isWhole(piece)) return;
      cut();
      proxy.interception?.lost(losing);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The proxy has no port.');
  const proxy: ServiceProxy = {
    delayMs: 0,
    delayed: 0,
    interception: undefined,
    overhear: undefined,
    through(given: string) {
      const own = new URL(given);
      own.hostname = '127.0.0.1';
      own.port = String(address.port);
      return own.href;
    },
    async cut() {
      if (!server.listening) return;
      server.close();
      for (const socket of open) socket.destroy();
      await once(server, 'close');
    },
    async reopen() {
      server.listen(address.port, '127.0.0.1');
      await once(server, 'listening');
    },
    stop: () => proxy.cut(),
  };
  return proxy;
}

/** Forwards chunks in order, each after the current latency, with backpressure. */
function lane(from: Socket, to: Socket, proxy: ServiceProxy): (piece: Buffer) => void {
  let waiting = 0;
  let last = Promise.resolve();
  const pass = (piece: Buffer) => {
    if (to.destroyed || to.write(piece)) return;
    from.pause();
    to.once('drain', () => from.resume());
  };
  return (piece) => {
    const { delayMs } = proxy;
    if (delayMs === 0 && waiting === 0) return pass(piece);
    waiting += 1;
    proxy.delayed += 1;
    const due = sleep(delayMs);
    last = last
      .then(() => due)
      .then(() => {
        waiting -= 1;
        pass(piece);
      });
  };
}
