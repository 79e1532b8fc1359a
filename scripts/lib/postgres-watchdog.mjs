import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { runAs } from './postgres-account.mjs';

// The pipe closes when this process ends, however it ends. The workers get ten seconds. A server started later stays.
const SCRIPT = `trap '' INT TERM HUP
cat >/dev/null
sleep 12
[ "$(head -n 1 "$2" 2>/dev/null)" = "$1" ] && kill -INT "$1"`;

/**
 * Starts a shell that stops Postgres if this process is killed.
 * @param {import('./postgres-home.mjs').Home} home
 * @param {number} pid of Postgres
 */
export function watchServer({ cluster, account }, pid) {
  const child = spawn('/bin/sh', ['-c', SCRIPT, 'batchyard-watchdog', String(pid), join(cluster, 'postmaster.pid')], {
    ...runAs(account),
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    env: { PATH: process.env.PATH },
  });
  child.unref();
  return child;
}
