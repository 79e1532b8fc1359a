export { type ChangesMessage, type ControlMessage, noChanges } from './messages';
export { closeEvents, hintChanges, onEventsRecovered, publish, publishChanges, subscribe } from './relay';
