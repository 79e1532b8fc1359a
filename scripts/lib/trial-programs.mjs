// Programs that the trial of the package writes into its yard and runs there, as those of a stranger.

/** A program of one's own beside the yard, with the classes of `batchyard/worker`. */
export const PROGRAM = `
import { connect, disconnect, JobProducer } from 'batchyard/worker';
const context = await connect(process.argv[2]);
console.log(await new JobProducer(context).enqueue('word-count', { text: 'one two' }));
await disconnect();
`;

/** A program with `batchyard/client`. The connection of its events is cut, and it goes on. */
export const CLIENT = `
import { createServer, connect } from 'node:net';
import { createClient } from 'batchyard/client';
const [url, key] = process.argv.slice(2);
const { port } = new URL(url);
const sockets = new Set();
const between = createServer((socket) => {
  const onward = connect(Number(port), '127.0.0.1');
  for (const one of [socket, onward]) {
    sockets.add(one);
    one.on('error', () => undefined).on('close', () => sockets.delete(one));
  }
  socket.pipe(onward).pipe(socket);
}).listen(0, '127.0.0.1');
await new Promise((resolve) => between.once('listening', resolve));
const client = createClient({ url: 'http://127.0.0.1:' + between.address().port, key });
async function* items() {
  for (let i = 0; i < 500; i++) yield { text: 'one two' };
}
const { batchId } = await client.launch({ name: 'Client', type: 'word-count', sealed: false }, items());
let snapshots = 0;
let ended;
for await (const { event, data } of client.watch(batchId)) {
  if (event === 'done') ended = data;
  else if (snapshots++ < 2) for (const socket of sockets) socket.destroy();
  else if (data.total === 500 && data.completed === 500) {
    await fetch(url + '/api/batches/' + batchId + '/seal', {
      method: 'POST',
      body: '{}',
      headers: { authorization: 'Bearer ' + key, 'content-type': 'application/json' },
    }).then((response) => response.arrayBuffer());
  }
}
let words = 0;
for await (const { result } of client.results(batchId)) words += result.words;
const refused = await client.batch('00000000-0000-7000-8000-000000000000').catch((error) => error);
console.log(JSON.stringify({ status: ended.status, completed: ended.completed, words, snapshots, code: refused.code }));
for (const socket of sockets) socket.destroy();
between.close();
`;

/** Code of a yard beside its jobs, for the compiler: the client knows the types of the yard. */
export const TYPED = `
import { createClient } from 'batchyard/client';
const client = createClient({ url: 'http://127.0.0.1:3000', key: 'by_key' });
export const right = () => client.launch({ name: 'First', type: 'word-count' }, [{ text: 'one two' }]);
// @ts-expect-error There is no such type.
export const wrong = () => client.launch({ name: 'First', type: 'word-cont' }, [{ text: 'one two' }]);
// @ts-expect-error The text has another name.
export const other = () => client.launch({ name: 'First', type: 'word-count' }, [{ txt: 'one two' }]);
`;
