import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import PostalMime from 'postal-mime';

export interface ReceivedMail {
  to: string[];
  subject: string;
  text: string;
}

export interface SmtpReceiver {
  /** for SMTP_URL */
  url: string;
  mails: ReceivedMail[];
  /** every line that a client sent, outside of mails */
  lines: string[];
  close(): Promise<void>;
}

interface Behavior {
  /** refuses every password */
  refuses?: boolean;
  /** accepts connections, and says nothing */
  silent?: boolean;
  /** offers STARTTLS, and then speaks no TLS */
  breaksTls?: boolean;
}

/** A mail server that accepts every mail and keeps it, or that misbehaves as a server on the network may. */
export async function startSmtpReceiver(behavior: Behavior = {}): Promise<SmtpReceiver> {
  const mails: ReceivedMail[] = [];
  const lines: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    // A client may cut the connection at any moment.
    socket.on('error', () => undefined);
    if (!behavior.silent) void receive(socket, { mails, lines, behavior });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    mails,
    lines,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

interface Session {
  mails: ReceivedMail[];
  lines: string[];
  behavior: Behavior;
}

async function receive(socket: Socket, { mails, lines, behavior }: Session): Promise<void> {
  const answer = (line: string) => socket.write(`${line}\r\n`);
  let to: string[] = [];
  let data: string[] | undefined;
  answer('220 receiver');
  for await (const line of createInterface({ input: socket, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (data && line !== '.') {
      data.push(line.replace(/^\.\./, '.'));
    } else if (data) {
      const { subject = '', text = '' } = await PostalMime.parse(data.join('\r\n'));
      mails.push({ to, subject, text });
      [to, data] = [[], undefined];
      answer('250 kept');
      continue;
    }
    lines.push(line);
    if (/^EHLO/i.test(line)) {
      answer(behavior.breaksTls ? '250-receiver\r\n250 STARTTLS' : '250-receiver\r\n250 AUTH PLAIN');
    } else if (/^AUTH/i.test(line)) {
      answer(behavior.refuses ? '535 wrong user or password' : '235 welcome');
    } else if (/^DATA/i.test(line)) {
      data = [];
      answer('354 go on');
    } else if (/^QUIT/i.test(line)) {
      answer('221 bye');
      socket.end();
    } else {
      const recipient = /^RCPT TO:<([^>]*)>/i.exec(line)?.[1];
      if (recipient !== undefined) to.push(recipient);
      answer('250 fine');
    }
  }
}
