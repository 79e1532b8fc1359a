export { readEventCounts } from './read-event-counts';
export {
  flushMonitoring,
  MONITORING_CHANNEL,
  MONITORING_EVENTS,
  type MonitoringEvent,
  type MonitoringMessage,
  track,
  trackUpdates,
} from './track';
