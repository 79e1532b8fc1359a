export { BaseWorker, type WorkerConfig } from './base-worker';
export { connect, disconnect } from './connect';
export { type BulkOptions, type BulkResult, type EnqueueOptions, JobProducer } from './job-producer';
export { type DelayedJob, JobRunner, type RootJob, type RunningJob, type UniqueOptions } from './job-runner';
export { type Message, type MessageHandler, MessageWorker } from './message-worker';
export { type ManagerOptions, ParentChildJobManager, type ParentJob } from './parent-child-job-manager';
