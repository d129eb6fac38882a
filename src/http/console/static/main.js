import { put } from './lib/dom.js';
import { startLiveFeed } from './server/live-feed.js';
import { startOperationLog } from './server/operation-log.js';
import { liveView } from './views/live/live.js';
import { showMasthead, showStrip } from './views/masthead.js';
import { modelsView } from './views/models/models.js';
import { playgroundView } from './views/playground/playground.js';

const pages = [
  { path: 'playground', title: 'Playground', element: playgroundView() },
  { path: 'live', title: 'Live', element: liveView() },
  { path: 'models', title: 'Models', element: modelsView() },
];

const bar = byId('masthead');
showMasthead(bar, pages);
showStrip(byId('strip'), byId('news'));
put(
  byId('content'),
  pages.map(({ element }) => element),
);

function route() {
  const page = pages.find(({ path }) => location.hash === `#/${path}`) ?? pages[0];
  for (const { element } of pages) element.hidden = element !== page?.element;
  for (const link of bar.querySelectorAll('nav a')) {
    if (link.getAttribute('href') === `#/${page?.path}`) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  document.body.dataset.page = page?.path;
  document.title = `${page?.title} · rerankd`;
  scrollTo(0, 0);
}

addEventListener('hashchange', route);
route();
startLiveFeed();
startOperationLog();

/** @param {string} id */
function byId(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}
