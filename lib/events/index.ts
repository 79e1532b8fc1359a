export { type ChangesMessage, type ControlMessage, noChanges } from './messages';
export { closeEvents, hintChanges, hintControl, onEventsRecovered, publish, publishChanges, subscribe } from './relay';
export { eventsRoundTrip } from './round-trip';
