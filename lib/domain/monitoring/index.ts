export { readEventCounts } from './read-event-counts';
export { type Attempted, attemptOutcome, endAttemptSpan, startAttemptSpan } from './trace-attempt';
export { traceElsewhere } from './trace-elsewhere';
export { traceHandingOver, traceMaking } from './trace-making';
export {
  flushMonitoring,
  MONITORING_CHANNEL,
  MONITORING_EVENTS,
  type MonitoringEvent,
  type MonitoringMessage,
  type TrackedParent,
  track,
  trackClosed,
  trackRefusal,
  trackUpdates,
} from './track';
