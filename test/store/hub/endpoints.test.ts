import { expect, it } from 'vitest';
import { hubCacheDirectory } from '../../../src/config/hub-cache-directory.ts';
import { byHealth, hubEndpoints } from '../../../src/store/hub/endpoints.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const clock = new ManualClock();
const urls = (settings: object) => hubEndpoints(settings, clock).map(({ url }) => url);

it('HF_ENDPOINT comes first, then the mirrors in their order, each once; else the hub itself', () => {
  expect(urls({})).toEqual(['https://huggingface.co']);
  expect(urls({ hfEndpoint: 'https://a.example/' })).toEqual(['https://a.example']);
  expect(urls({ hubEndpoints: [' https://b.example/hf/ ', 'https://c.example'] })).toEqual([
    'https://b.example/hf',
    'https://c.example',
  ]);
  expect(
    urls({ hfEndpoint: 'https://a.example', hubEndpoints: ['https://b.example', 'https://a.example'] }),
  ).toEqual(['https://a.example', 'https://b.example']);
});

it.each(['ftp://a', 'a.example', 'https://user:hunter2@a.example', 'https://a.example?x=hunter2', 'hunter2'])(
  '%s is refused, and not repeated',
  (text) => {
    expect(() => urls({ hfEndpoint: text })).toThrow(expect.objectContaining({ type: 'invalid_request' }));
    expect(() => urls({ hfEndpoint: text })).not.toThrow(/hunter2/);
  },
);

it('an endpoint that fails comes last', () => {
  const [first, second] = hubEndpoints({ hubEndpoints: ['https://a.example', 'https://b.example'] }, clock);
  const endpoints = [first, second].filter((endpoint) => endpoint !== undefined);
  expect(byHealth(endpoints)).toEqual(endpoints);
  for (let failure = 0; failure < 3; failure++) first?.breaker.failed();
  expect(byHealth(endpoints)).toEqual(endpoints.toReversed());
});

it.each([
  [{}, '/home/me/.cache/huggingface/hub'],
  [{ xdgCacheHome: '/xdg' }, '/xdg/huggingface/hub'],
  [{ hfHome: '/hf', xdgCacheHome: '/xdg' }, '/hf/hub'],
  [{ hfHome: '~/hf' }, '/home/me/hf/hub'],
  [{ hfHubCache: '/cache', hfHome: '/hf' }, '/cache'],
  [{ hfHubCache: '', hfHome: '' }, '/home/me/.cache/huggingface/hub'],
])('the cache of %j is %s', (settings, expected) => {
  expect(hubCacheDirectory({ ...settings, home: '/home/me' })).toBe(expected);
});
