export { endRun } from './end-run';
export { type AbandonedRun, listAbandonedRuns } from './list-abandoned-runs';
export { noteRun } from './note-run';
export { openRun, type RemoteRun } from './open-run';
