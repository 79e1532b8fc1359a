import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Decides about one answer: whether it gets lost, and when it is complete. */
export interface Interception {
  /** Asked for each piece that a client sends; true: the answer to it never arrives. */
  loses(request: Buffer): boolean;
  /** Whether the server has said everything: then both ends are cut off. */
  isWhole(answer: Buffer): boolean;
  /** Told after the cut: the server has done the work, and the client will never know. */
  lost(request: Buffer): void;
}

/** A way to a service that can be made slow, cut, or robbed of answers. */
export interface ServiceProxy {
  /** The same address, through the proxy. */
  through(url: string): string;
  /** How long every piece waits on its way, in milliseconds. */
  delayMs: number;
  /** What happens to answers; undefined: nothing. */
  interception: Interception | undefined;
  /** Pieces that were held back so far. */
  delayed: number;
  /** Sees what the service says, before the client does. */
  overhear: ((answer: Buffer) => void) | undefined;
  /** Ends every connection and takes no more: the service is gone. */
  cut(): Promise<void>;
  stop(): Promise<void>;
}

/** Opens a proxy on a free port of the loopback address to the service at `url`. */
export async function startProxy(url: string): Promise<ServiceProxy> {
  const target = new URL(url);
  const open = new Set<Socket>();
  const server = createServer((client) => {
    const service = connect(Number(target.port), target.hostname);
    for (const socket of [client, service]) {
      open.add(socket.setNoDelay(true));
      socket.on('close', () => open.delete(socket));
      // Cutting connections is what this is for: the other end is cut with it.
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
    stop: () => proxy.cut(),
  };
  return proxy;
}

/** Passes pieces on in their order, each after the delay of its moment; a full receiver stops the sender. */
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
