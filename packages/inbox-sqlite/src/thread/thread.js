// Starts thread.ts where sources are run, in tests and the demo. In the published package the compiled thread has this name.
import { register } from 'tsx/esm/api';

register();
await import('./thread.ts');
