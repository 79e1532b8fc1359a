import { type Status, Supervisor } from './runtime/supervisor';

const supervisor = new Supervisor();

/** The supervisor of this machine, for programs that start it themselves. `GET /api/capacity` has the same status. */
export const childProcessManager = {
  start: (): Promise<void> => supervisor.start(),
  stop: (): Promise<void> => supervisor.stop(),
  getStatus: (): Status => supervisor.getStatus(),
};
