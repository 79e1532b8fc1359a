import { once } from 'node:events';
import { createServer } from 'node:net';
import { codeOrMessage, StartError } from './failure.mjs';

/**
 * Tries whether a server can listen there.
 * @param {number} port
 * @param {string} host
 * @returns {Promise<number>} the port
 * @throws the system's error when it can't listen
 */
async function probe(port, host) {
  const server = createServer();
  server.listen({ port, host, exclusive: true });
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : port;
}

/** A port of the loopback address that nothing listens on now. */
export const freePort = () => probe(0, '127.0.0.1');

/**
 * Checks that the dashboard can listen, before any long step.
 * @param {number} port
 * @param {string} host
 * @returns the port: a free one when PORT is 0
 * @throws {StartError} with what to change
 */
export async function checkPort(port, host) {
  try {
    return await probe(port, host);
  } catch (error) {
    throw new StartError(explain(codeOrMessage(error), port, host));
  }
}

/**
 * @param {string} code
 * @param {number} port
 * @param {string} host
 */
function explain(code, port, host) {
  if (code === 'EADDRINUSE') {
    return `Port ${port} on ${host} is taken by another program. Choose another one: PORT=${port === 3000 ? 3001 : port + 1} npm start`;
  }
  if (code === 'EACCES')
    return `Port ${port} needs more rights than this user has. Choose one above 1023: PORT=3000 npm start`;
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return `HOST ${host} is not an address of this machine. Choose 127.0.0.1, or 0.0.0.0 for all: HOST=127.0.0.1 npm start`;
  }
  return `The dashboard can't listen on ${host}:${port} (${code}). Choose another PORT or HOST.`;
}
