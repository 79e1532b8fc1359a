export { cancelAbandonedFineTunings } from './cancel-abandoned';
export { configuredEndpoint, type FineTuningEndpoint, MARK } from './endpoint';
export { EndpointBusyError, EndpointRefusedError, FINISHED, type RemoteEvent, type RemoteJob } from './protocol';
