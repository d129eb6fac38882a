import { describe, expect, it } from 'vitest';
import { html, joined } from '../../../src/http/openapi/page/html.ts';

describe('html', () => {
  it('escapes whatever is not HTML itself', () => {
    const name = `<b title="x">'&'</b>`;
    expect(html`<p>${name}</p>`.text).toBe('<p>&lt;b title=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/b&gt;</p>');
    expect(html`<p>${html`<b>${'<'}</b>`}</p>`.text).toBe('<p><b>&lt;</b></p>');
  });

  it('takes lists, numbers and nothing', () => {
    expect(html`${[html`<a>`, html`<b>`]}${1}${undefined}`.text).toBe('<a><b>1');
    expect(joined([html`<a>`, html`<b>`], ' < ').text).toBe('<a> &lt; <b>');
  });
});
