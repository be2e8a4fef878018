/** The page as it is in the package, for all tests. */
import { buildApp } from '../build-app.ts';

export default buildApp;
