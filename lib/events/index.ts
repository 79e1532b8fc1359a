export { type ChangesMessage, type ControlMessage, noChanges } from './messages';
export { closeEvents, onEventsRecovered, publish, publishChanges, subscribe } from './relay';
