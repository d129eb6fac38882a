import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DOCUMENTS, QUERY } from '../support/capitals.ts';
import { findChromium, NO_CHROMIUM, openPage, startChromium, type WatchedPage } from '../support/chromium.ts';
import type { Client } from '../support/client.ts';
import { copyModel, scratchDirectory } from '../support/directories.ts';
import { type ServiceUnderTest, startService } from '../support/running-service.ts';
import { until } from '../support/until.ts';

const path = await findChromium();
if (path === undefined) console.warn(`The console is not tested: ${NO_CHROMIUM}`);

/** What would run if it ever became markup. */
const MARKUP = '<img src=x onerror="globalThis.wasRun=1"><script>globalThis.wasRun=1</script>';

describe.skipIf(path === undefined)('the console in a browser', () => {
  let browser: Browser;
  let root: Awaited<ReturnType<typeof scratchDirectory>>;
  let server: ServiceUnderTest;
  let opened: WatchedPage;
  let page: Page;
  let client: Client;

  beforeAll(async () => {
    browser = await startChromium(path ?? '');
  });
  afterAll(() => browser.close());

  /** A server, and a page of it. */
  async function open(settings: Readonly<Record<string, string>> = {}): Promise<void> {
    server = await startService({
      RERANK_MODELS_DIR: root.path,
      RERANK_PROBATION_REQUESTS: '1000',
      ...settings,
    });
    client = server.client;
    opened = await openPage(browser, `${client.url}/ui`);
    ({ page } = opened);
  }

  beforeEach(async () => {
    root = await scratchDirectory();
    await copyModel('demo', join(root.path, 'demo'));
    await copyModel('demo-next', join(root.path, 'demo-next'));
  });
  afterEach(async () => {
    await opened[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
    await root[Symbol.asyncDispose]();
  });

  const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true });
  const goTo = (title: string) => page.getByRole('link', { name: title, exact: true }).click();
  const rank = async (query: string, documents: readonly unknown[]) => {
    await page.getByLabel('Query').fill(query);
    await page.getByLabel('Documents').fill(JSON.stringify(documents));
    await button('Rank').click();
    await page
      .locator('.ranking li')
      .nth(documents.length - 1)
      .waitFor();
  };
  const change = async (reference: string) => {
    await goTo('Models');
    await page.getByLabel('Model', { exact: true }).fill(reference);
    await button('Change the model').click();
  };
  const wasRun = () => page.evaluate('globalThis.wasRun');

  it('ranks documents as the server does, and says which model did', async () => {
    await open();
    await rank(QUERY, DOCUMENTS);
    const { results } = (await client.rerank(QUERY, DOCUMENTS)).body;
    const texts = await page.locator('.ranking .document p').allTextContents();
    expect(texts).toEqual(results.map(({ index }) => DOCUMENTS[index]));
    const scores = await page.locator('.ranking .bar-line .figures').allTextContents();
    expect(scores).toEqual(results.map(({ relevance_score }) => relevance_score.toFixed(4)));
    expect(await page.locator('.ranking .origin').allTextContents()).toEqual(
      results.map(({ index }) => `index ${index}`),
    );
    expect(await page.locator('.answer-head h2').textContent()).toBe('local://demo');
    expect(await page.locator('.timings').textContent()).toMatch(
      /tokenization.*queue.*inference.*round trip/s,
    );
    await page.getByLabel('Top n').fill('1');
    await page.getByLabel('Raw scores').check();
    await button('Rank').click();
    await until('one is left', async () => (await page.locator('.ranking li').count()) === 1);
    const [best] = await client.logits(QUERY, [DOCUMENTS[results[0]?.index ?? 0]]);
    expect(Number(await page.locator('.ranking .figures').last().textContent())).toBeCloseTo(best ?? 0, 3);
    opened.expectCalm();
  });

  it('never takes a text for markup, be it a document or the name of a model', async () => {
    const name = MARKUP.replaceAll('/', '');
    await copyModel('demo-next', join(root.path, name));
    await open();
    await rank(MARKUP, [MARKUP, { text: `second ${MARKUP}` }, { [MARKUP]: MARKUP }]);
    expect(await page.locator('.ranking').textContent()).toContain(MARKUP);
    await change(`local://${name}`);
    await page.locator('.operation .badge.good').waitFor();
    for (const place of ['.masthead', '.strip', '.operation', '.past', '.side']) {
      await page.locator(place, { hasText: name }).first().waitFor({ state: 'attached' });
    }
    await goTo('Playground');
    await page.getByLabel(/^Beside/).check();
    await button('Rank').click();
    await page.locator('.sides').waitFor();
    await change(`local://${name}?none`);
    await page.locator('.operation .badge.failed, .change .notice').first().waitFor();
    expect(await page.locator('main img, main script, main iframe').count()).toBe(0);
    expect(await wasRun()).toBeUndefined();
    opened.expectCalm();
  });

  it('changes the model under load, shows that nothing fails, compares both, and goes back', async () => {
    await open();
    const stop = new AbortController();
    const load = (async () => {
      while (!stop.signal.aborted) await client.rerank(QUERY, DOCUMENTS);
    })();
    await goTo('Live');
    await page.locator('.chart path.line.accent[d^="M"]').first().waitFor();
    await change('local://demo-next');
    await page.locator('.operation .badge.good').waitFor();
    const phases = await page.locator('.phases .phase-title').allTextContents();
    expect(phases).toEqual(
      expect.arrayContaining(['resolve', 'load', 'check', 'swap', 'drain', 'probation']),
    );
    await until('it says so', async () =>
      /requests were answered meanwhile, none failed/.test(
        (await page.locator('.verdict').textContent()) ?? '',
      ),
    );
    expect(await page.locator('.phase-bar rect').count()).toBe(phases.length);
    expect(await page.locator('.checks tbody tr').count()).toBeGreaterThan(5);
    expect(await page.locator('.report').textContent()).toMatch(/All \d checks passed.*Kendall tau/s);
    stop.abort();
    await load;

    await goTo('Playground');
    await page.getByLabel('Beside local://demo, which served before').check();
    await rank(QUERY, DOCUMENTS);
    expect(await page.locator('.ranking li').first().locator('.bar').count()).toBe(2);
    expect(await page.locator('.sides').textContent()).toMatch(/demo-next serves now.*demo served before/s);

    await goTo('Models');
    await button('Roll back').click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    expect((await client.info()).model_id).toBe('local://demo-next');
    await button('Roll back').click();
    await button('Go back').click();
    await page.getByRole('heading', { name: 'Rollback to local://demo' }).waitFor();
    await until('the old one serves', async () => (await client.info()).model_id === 'local://demo');
    await until('both are listed', async () => (await page.locator('.past tbody tr').count()) === 2);
    opened.expectCalm();
  });

  it('tells why a model was refused, and what the report of a dry run says', async () => {
    await open();
    await change('local://none');
    await page.locator('.operation .notice').waitFor();
    expect(await page.locator('.operation .notice').textContent()).toMatch(/did not change the model.*none/s);
    await page.getByLabel('Model', { exact: true }).fill('local://demo-next');
    await page.getByLabel(/^Dry run/).check();
    await page.getByText('Gates, shadow and probation').click();
    await page.getByLabel('Kendall tau, at least').fill('0.999');
    await button('Try it without a swap').click();
    await page.getByText('It did not pass').waitFor();
    expect(await page.locator('.report').textContent()).toContain('at least 0.999');
    expect((await client.info()).model_id).toBe('local://demo');
    opened.expectCalm();
  });

  it('asks for keys, keeps them for the tab, and sends them in a header only', async () => {
    await open({ RERANK_API_KEY: 'the-api-key', RERANK_ADMIN_KEY: 'the-admin-key' });
    await goTo('Live');
    await page.locator('#content .notice:visible').getByRole('button', { name: 'Enter a key' }).click();
    await page.getByLabel('API key').fill('the-api-key');
    await button('Keep').click();
    await page.locator('.dot.up').waitFor();
    await change('local://demo-next');
    await page.getByRole('button', { name: 'Enter the admin key' }).click();
    await page.getByLabel('Admin key').fill('the-admin-key');
    await page.keyboard.press('Enter');
    await button('Change the model').click();
    await page.locator('.operation .badge.good').waitFor();
    expect(opened.requested.some((url) => url.endsWith('/events'))).toBe(true);
    expect(opened.requested.filter((url) => url.includes('the-a'))).toEqual([]);
    expect(await page.evaluate('JSON.stringify({ ...localStorage }) + document.cookie')).not.toContain(
      'the-a',
    );
    expect(await page.evaluate('Object.values(sessionStorage).toSorted()')).toEqual([
      'the-admin-key',
      'the-api-key',
    ]);
    opened.expectCalm();
  });

  it('asks for no figures while nobody looks', async () => {
    await open();
    await page.clock.install();
    await page.reload();
    await page.locator('.dot.up').waitFor();
    const looks = () => opened.requested.filter((url) => url.endsWith('/ui/stats')).length;
    const setHidden = (hidden: boolean) =>
      page.evaluate(`Object.defineProperty(document, 'hidden', { value: ${hidden}, configurable: true });
        document.dispatchEvent(new Event('visibilitychange'));`);
    const before = looks();
    await page.clock.runFor(1_500);
    await until('it looks again', () => looks() > before);
    await setHidden(true);
    const atTheEnd = looks();
    await page.clock.runFor(60_000);
    expect(looks()).toBe(atTheEnd);
    await setHidden(false);
    await until('it looks again', () => looks() > atTheEnd);
    opened.expectCalm();
  });

  it('fits a narrow screen, can be read in both colour schemes, and can be used with the keyboard', async () => {
    await open();
    await rank(QUERY, DOCUMENTS);
    await change('local://demo-next');
    await page.locator('.operation .badge.good').waitFor();
    await page.setViewportSize({ width: 360, height: 800 });
    for (const title of ['Playground', 'Live', 'Models']) {
      await goTo(title);
      const width = await page.evaluate('document.documentElement.scrollWidth');
      expect(width, title).toBeLessThanOrEqual(360);
    }
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await page.evaluate(FAINT_TEXTS), colorScheme).toEqual([]);
    }
    expect(await page.evaluate(UNNAMED_CONTROLS)).toEqual([]);
    await page.reload();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('content');
    opened.expectCalm();
  });
});

/** Pairs of text and surface with a contrast below 4.5 (WCAG 2.2, 1.4.3). */
const FAINT_TEXTS = `(() => {
  const probe = document.body.appendChild(document.createElement('i'));
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const light = (name) => {
    probe.style.color = 'var(--' + name + ')';
    canvas.fillStyle = getComputedStyle(probe).color;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map((value) => value / 255)
      .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (a, b) => {
    const [low, high] = [light(a), light(b)].toSorted((x, y) => x - y);
    return (high + 0.05) / (low + 0.05);
  };
  const pairs = ['ink', 'muted', 'accent', 'other', 'bad'].flatMap((text) => ['paper', 'surface', 'sunken'].map((on) => [text, on]));
  pairs.push(['accent-ink', 'accent'], ['accent', 'accent-soft'], ['other', 'other-soft'], ['bad', 'bad-soft'], ['ink', 'accent-soft'], ['ink', 'bad-soft']);
  const faint = pairs.filter(([text, on]) => contrast(text, on) < 4.5).map((pair) => pair.join(' on '));
  probe.remove();
  return faint;
})()`;

/** Controls that a screen reader could not name. */
const UNNAMED_CONTROLS = `[...document.querySelectorAll('input, select, textarea, button, a')]
  .filter((control) => !(control.labels?.length > 0) && control.textContent.trim() === '' && !control.ariaLabel)
  .map((control) => control.outerHTML)`;
