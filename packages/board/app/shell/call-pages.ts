// Loaded together: visitors go from one to the other.
export { CallPage } from '../call/call-page.tsx';
export { CallsPage } from '../calls/calls-page.tsx';
