export * from './batch';
export * from './errors';
export * from './events';
export * from './ipc';
export * from './job';
export * from './status';
export * from './system';
export * from './text';
