import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { expect } from 'vitest';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

export const NO_CHROMIUM = 'no Chromium: install one, or name it with RERANK_TEST_CHROMIUM=path';

/** Where a Chromium is: named by RERANK_TEST_CHROMIUM, or found in PATH. */
export async function findChromium(): Promise<string | undefined> {
  const { RERANK_TEST_CHROMIUM: named, PATH = '' } = process.env;
  if (named !== undefined && named !== '') return named;
  const places = NAMES.flatMap((name) => PATH.split(delimiter).map((directory) => join(directory, name)));
  for (const place of places) {
    const isThere = await access(place, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) return place;
  }
  return undefined;
}

/** Without a sandbox, which containers and root have none of: it only ever sees pages of the server under test. */
export async function startChromium(executablePath: string): Promise<Browser> {
  return await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}

/** A page, and everything that it should not have done. */
export interface WatchedPage extends AsyncDisposable {
  readonly page: Page;
  /** Every URL that it asked for. */
  readonly requested: readonly string[];
  /** That nothing went wrong in it, and that it asked nobody but its own server. */
  expectCalm(): void;
}

export interface Look {
  readonly width?: number;
  readonly colorScheme?: 'light' | 'dark';
}

export async function openPage(
  browser: Browser,
  url: string,
  { width = 1280, colorScheme = 'light' }: Look = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme });
  const page = await context.newPage();
  const requested: string[] = [];
  const troubles: string[] = [];
  page.on('request', (request) => requested.push(request.url()));
  page.on('pageerror', (error) => troubles.push(String(error)));
  page.on('dialog', (dialog) => {
    troubles.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('console', (message) => {
    // The browser itself notes every answer of 400 and above.
    const isStatus = /the server responded with a status of/.test(message.text());
    if (message.type() === 'error' && !isStatus) troubles.push(message.text());
  });
  await page.goto(url);
  return {
    page,
    requested,
    expectCalm() {
      expect(troubles).toEqual([]);
      const origin = new URL(url).origin;
      expect(requested.filter((asked) => new URL(asked).origin !== origin)).toEqual([]);
    },
    [Symbol.asyncDispose]: () => context.close(),
  };
}
