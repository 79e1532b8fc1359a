import { once } from 'node:events';
import type { Fault } from '@/chaos/fault';

export const PROCESS_FAULTS: Fault[] = [
  {
    name: 'the supervisor is killed',
    async strike({ yard }) {
      const gone = once(yard.workers, 'exit');
      yard.workers.kill('SIGKILL');
      const [, signal] = await gone;
      yard.startWorkers();
      return signal === 'SIGKILL' ? 1 : 0;
    },
  },
  {
    name: 'the supervisor is told to stop and starts again',
    async strike({ yard }) {
      const gone = once(yard.workers, 'exit');
      yard.workers.kill('SIGTERM');
      const [code] = await gone;
      yard.startWorkers();
      if (code !== 0) throw new Error(`it ended with ${code}`);
      return 1;
    },
  },
];
