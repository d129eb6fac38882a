import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonPieces } from '../../scripts/synthesize/json-pieces.ts';
import { ProgressLine } from '../../scripts/synthesize/progress-line.ts';
import { bytePairs } from '../../scripts/synthesize/tokenizer/byte-pairs.ts';
import { unigramVocabulary } from '../../scripts/synthesize/tokenizer/unigram.ts';
import { adverb, agent, gerund, past, withS } from '../../scripts/synthesize/words/inflect.ts';
import { writeText } from '../../scripts/synthesize/write-text.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

describe('json in pieces', () => {
  it('is what JSON.stringify gives', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect([...jsonPieces(value)].join('')).toBe(JSON.stringify(value, null, 2));
      }),
    );
  });

  it('comes whole through a buffer that is smaller', async () => {
    const pieces = ['é'.repeat(900_000), '漢', 'x'.repeat(1_100_000), '', '😀'.repeat(10)];
    const directory = await temporaryDirectory();
    await writeText(directory, 'text', pieces);
    expect((await readFile(join(directory, 'text'), 'utf8')) === pieces.join('')).toBe(true);
  });
});

describe('the words of the vocabularies', () => {
  it('are inflected by the rules of spelling', () => {
    expect(['box', 'city', 'day', 'church', 'cat'].map(withS)).toEqual([
      'boxes',
      'cities',
      'days',
      'churches',
      'cats',
    ]);
    expect(['stop', 'try', 'love', 'play', 'visit'].map(past)).toEqual([
      'stopped',
      'tried',
      'loved',
      'played',
      'visited',
    ]);
    expect(['lie', 'make', 'see', 'run'].map(gerund)).toEqual(['lying', 'making', 'seeing', 'running']);
    expect(['write', 'win'].map(agent)).toEqual(['writer', 'winner']);
    expect(['basic', 'simple', 'happy', 'slow', 'sole'].map(adverb)).toEqual([
      'basically',
      'simply',
      'happily',
      'slowly',
      'solely',
    ]);
  });

  it('make merges that each give a new token, out of tokens that are there', () => {
    const { alphabet, merges } = bytePairs(2000);
    const tokens = new Set(alphabet);
    expect(tokens.size).toBe(256);
    for (const [left, right] of merges) {
      expect(tokens.has(left) && tokens.has(right), `${left} ${right}`).toBe(true);
      expect(tokens.has(left + right), left + right).toBe(false);
      tokens.add(left + right);
    }
    expect(tokens.size).toBe(256 + 2000);
    for (const word of ['Ġbecause', 'Ġpeople', 'Ġthe']) expect(tokens).toContain(word);
  });

  it('have probabilities that sum to one and fall', () => {
    const pieces = unigramVocabulary({
      first: ['<unk>'],
      size: 3000,
      isMultilingual: false,
      fill: { latin: 1 },
    });
    const scores = pieces.slice(1).map(([, score]) => score);
    expect(scores.reduce((sum, score) => sum + Math.exp(score), 0)).toBeCloseTo(1, 3);
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
    expect(pieces[0]).toEqual(['<unk>', 0]);
    expect(new Set(pieces.map(([piece]) => piece)).size).toBe(3000);
  });
});

describe('progress at a terminal', () => {
  it('is one line with bytes, speed and the time that is left', () => {
    const drawn: string[] = [];
    let now = 0;
    const line = new ProgressLine({ write: (text) => drawn.push(text) }, () => now);
    line.begin(2e9);
    now = 1000;
    line.advance(5e8);
    now = 1001;
    line.advance(1);
    line.end();
    expect(drawn.map((text) => text.replace('\r', '').replace('\u001b[K', ''))).toEqual([
      '[........................]   0%  0 of 2,000 MB, 0 MB/s',
      '[######..................]  25%  500 of 2,000 MB, 500 MB/s, 3 s left',
      '',
    ]);
    expect(drawn.join('')).not.toContain('\n');
  });
});
