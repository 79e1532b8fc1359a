import { type Status, Supervisor } from './runtime/supervisor';

const supervisor = new Supervisor();

/** The supervisor of this machine, under the name of document D. The same facts over HTTP: `GET /api/capacity`. */
export const childProcessManager = {
  start: (): Promise<void> => supervisor.start(),
  stop: (): Promise<void> => supervisor.stop(),
  getStatus: (): Status => supervisor.getStatus(),
};
