// The few calls that are measured. The packages are installed on demand, so their own types may be absent.

declare module 'graphile-worker' {
  export interface WorkerUtils {
    migrate(): Promise<void>;
    addJobs(jobs: readonly { identifier: string; payload: unknown }[]): Promise<unknown>;
    release(): Promise<void>;
  }
  export function makeWorkerUtils(options: { connectionString: string; logger: Logger }): Promise<WorkerUtils>;
  export class Logger {
    constructor(factory: () => (level: string, message: string) => void);
  }
  export function run(options: {
    connectionString: string;
    logger: Logger;
    noHandleSignals: boolean;
    taskList: Record<string, () => Promise<void>>;
    preset: {
      worker: {
        concurrentJobs: number;
        maxPoolSize: number;
        localQueue: { size: number };
        completeJobBatchDelay: number;
        failJobBatchDelay: number;
      };
    };
  }): Promise<{ stop(): Promise<void> }>;
}

declare module 'pg-boss' {
  export class PgBoss {
    constructor(options: { connectionString: string; max: number });
    on(event: 'error', listener: (error: Error) => void): this;
    start(): Promise<unknown>;
    stop(options: { graceful: boolean }): Promise<void>;
    createQueue(name: string): Promise<void>;
    insert(name: string, jobs: { data: object }[]): Promise<unknown>;
    work(
      name: string,
      options: {
        batchSize: number;
        localConcurrency: number;
        pollingIntervalSeconds: number;
        burstWhenBatchFull: boolean;
      },
      handler: (jobs: unknown[]) => Promise<void>,
    ): Promise<string>;
    offWork(name: string): Promise<void>;
  }
}
