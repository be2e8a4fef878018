import { render } from 'preact';
import { startLive } from './api/live.ts';
import { loadMeta } from './api/state.ts';
import { keepFocus } from './shared/keep-focus.ts';
import { Shell } from './shell/shell.tsx';

const root = document.querySelector('#app');
if (root !== null) {
  render(<Shell />, root);
  keepFocus(root);
}
void loadMeta();
startLive();
