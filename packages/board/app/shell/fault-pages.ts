// Loaded together: they are small, and share most of their code.
export { DeadPage } from '../dead/dead-page.tsx';
export { RefusedPage } from '../refused/refused-page.tsx';
