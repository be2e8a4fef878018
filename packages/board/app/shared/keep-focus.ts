/** When what has the focus goes away, the keyboard and screen readers go on at the heading of its section, or else at the top of the page. */
export function keepFocus(root: Element): void {
  /** What has the focus, and all around it: once it is gone, nothing else says where it was. */
  let path: readonly Element[] = [];
  document.addEventListener('focusin', (event) => {
    path = event.composedPath().filter((target) => target instanceof Element);
  });
  document.addEventListener('focusout', ({ target }) => {
    // The visitor has left it, unless it goes away now.
    setTimeout(() => {
      if (target === path[0] && document.activeElement === document.body && path[0]?.isConnected) path = [];
    });
  });
  new MutationObserver(() => {
    if (path[0]?.isConnected !== false || document.activeElement !== document.body) return;
    const section = path.find((element) => element.isConnected && element.matches('section'));
    path = [];
    const place = section?.querySelector('h2') ?? document.querySelector('main');
    place?.setAttribute('tabindex', '-1');
    place?.focus({ preventScroll: true });
  }).observe(root, { childList: true, subtree: true });
}
