import { describe, expect, it } from 'vitest';
import { clipText } from '../../../src/model/agreement/clip-text.ts';

describe('text for one line', () => {
  it('stays as it is where it fits', () => {
    expect(clipText('Wie lange?', 20)).toBe('Wie lange?');
    expect(clipText('光速是多少?', 20)).toBe('光速是多少?');
    expect(clipText('', 20)).toBe('');
  });

  it('is cut where it does not', () => {
    expect(clipText('How long is the river?', 10)).toBe('How long…');
    expect(clipText('光速是多少呢', 10)).toBe('光速是多…');
    expect(clipText('a'.repeat(10_000_000), 10)).toBe('aaaaaaaa…');
  });

  it('is never cut inside a character', () => {
    expect(clipText('😀😀😀😀😀😀', 8)).toBe('😀😀😀…');
  });

  it('has spaces in place of line ends and control characters', () => {
    expect(clipText(' a\r\n\tb\u0000c\u001B[31md\u202Ee ', 40)).toBe('a b c [31md e');
  });

  it('says so when it ends after what was looked at', () => {
    expect(clipText(`a${' '.repeat(1000)}b`, 10)).toBe('a…');
  });
});
