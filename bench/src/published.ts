/** `node --import published.js`: the packages of this workspace are run as they are published, and not from their sources. */
import { register } from 'node:module';

register('./resolve.js', import.meta.url);
