import { once } from 'node:events';
import type { Fault } from '@/chaos/fault';

export const PROCESS_FAULTS: Fault[] = [
  {
    name: 'the supervisor is killed',
    async strike({ installation }) {
      const gone = once(installation.workers, 'exit');
      installation.workers.kill('SIGKILL');
      const [, signal] = await gone;
      installation.startWorkers();
      return signal === 'SIGKILL' ? 1 : 0;
    },
  },
  {
    name: 'the supervisor stops on request and starts again',
    async strike({ installation }) {
      const gone = once(installation.workers, 'exit');
      installation.workers.kill('SIGTERM');
      const [code] = await gone;
      installation.startWorkers();
      if (code !== 0) throw new Error(`it ended with ${code}`);
      return 1;
    },
  },
];
