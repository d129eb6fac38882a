/** One bar. */
interface Bar {
  readonly label: string;
  readonly value: number;
  /** Drawn in the accent colour. */
  readonly isOurs: boolean;
}

interface BarGroup {
  readonly title: string;
  readonly bars: readonly Bar[];
}

export interface BarChart {
  readonly title: string;
  /** Below the title, small: unit and machine. */
  readonly subtitle: string;
  readonly groups: readonly BarGroup[];
}

const WIDTH = 720;
const MARGIN = 16;
const LABEL_WIDTH = 130;
const VALUE_WIDTH = 80;
const BAR_HEIGHT = 20;
const BAR_STEP = 26;
const HEAD_HEIGHT = 64;
const GROUP_HEAD_HEIGHT = 30;

/** Colours for light; those for dark where the reader's system prefers it, which images on web pages follow too. */
const STYLE = `
  .page { fill: #ffffff } text { fill: #1f2328; font: 13px system-ui, sans-serif }
  .title { font-size: 16px; font-weight: 600 } .group { font-weight: 600 } .small { fill: #59636e; font-size: 12px }
  .ours { fill: #0969da } .theirs { fill: #9aa4af }
  @media (prefers-color-scheme: dark) {
    .page { fill: #0d1117 } text { fill: #e6edf3 } .small { fill: #9198a1 }
    .ours { fill: #4493f8 } .theirs { fill: #656c76 }
  }`;

/** Writes horizontal bars as SVG. Each group has a scale of its own. */
export function renderBarChart({ title, subtitle, groups }: BarChart): string {
  const parts: string[] = [];
  let y = HEAD_HEIGHT;
  for (const group of groups) {
    parts.push(text('group', MARGIN, y + 16, group.title));
    y += GROUP_HEAD_HEIGHT;
    const longest = Math.max(...group.bars.map(({ value }) => value));
    for (const bar of group.bars) {
      parts.push(...renderBar(bar, y, longest));
      y += BAR_STEP;
    }
  }
  const height = y + MARGIN;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img">
<title>${escape(title)}</title>
<style>${STYLE}
</style>
<rect class="page" width="${WIDTH}" height="${height}"/>
${text('title', MARGIN, 28, title)}
${text('small', MARGIN, 48, subtitle)}
${parts.join('\n')}
</svg>
`;
}

function renderBar({ label, value, isOurs }: Bar, y: number, longest: number): string[] {
  const room = WIDTH - 2 * MARGIN - LABEL_WIDTH - VALUE_WIDTH;
  const width = Math.max(1, longest > 0 ? (room * value) / longest : 0);
  const left = MARGIN + LABEL_WIDTH;
  const kind = isOurs ? 'ours' : 'theirs';
  return [
    text('label', MARGIN, y + 15, label),
    `<rect class="${kind}" x="${left}" y="${y}" width="${width.toFixed(1)}" height="${BAR_HEIGHT}" rx="2"/>`,
    text('value', left + width + 8, y + 15, value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)),
  ];
}

function text(kind: string, x: number, y: number, content: string): string {
  return `<text class="${kind}" x="${x.toFixed(1)}" y="${y}">${escape(content)}</text>`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escape(content: string): string {
  return content.replaceAll(/[&<>"]/g, (character) => ENTITIES[character] ?? character);
}
