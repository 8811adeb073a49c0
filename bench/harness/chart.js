/**
 * Bars on a logarithmic scale as one SVG without a script: one panel for each table that asks for
 * one. It brings its own colours for light and dark, because a README shows it on either.
 */
const WIDTH = 860;
const LEFT = 330;
const RIGHT = 90;
const BAR = 18;
const GAP = 6;
const HEAD = 46;
const FOOT = 26;

const STYLE = `
  text { font: 13px system-ui, -apple-system, 'Segoe UI', sans-serif; fill: #1f2328; }
  .title { font-weight: 600; font-size: 14px; }
  .soft { fill: #59636e; font-size: 12px; }
  .grid { stroke: #d1d9e0; stroke-width: 1; }
  .bar { fill: #a3acb5; }
  .ours { fill: #0969da; }
  .floor { fill: #d8dee4; }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc; }
    .soft { fill: #9198a1; }
    .grid { stroke: #3d444d; }
    .bar { fill: #656c76; }
    .ours { fill: #4493f8; }
    .floor { fill: #3d444d; }
  }`;

export function chartOf(cases, caption) {
  const panels = cases.flatMap(({ tables = [] }) => tables.filter(({ chart }) => chart));
  const lines = (panel) => panel.lines.filter(({ system }) => system !== 'empty-loop');
  let y = 44;
  const parts = [];
  const [low, high] = scaleOf(panels.flatMap((panel) => lines(panel).map((l) => l.perSecond)));
  const x = (value) => LEFT + ((Math.log10(value) - low) / (high - low)) * (WIDTH - LEFT - RIGHT);
  for (const panel of panels) {
    const shown = lines(panel);
    parts.push(panelOf(panel.chart, shown, y, x, low, high));
    y += HEAD + shown.length * (BAR + GAP) + FOOT;
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y + 8}" role="img" aria-label="Updates a second, logarithmic scale">`,
    `<style>${STYLE}\n</style>`,
    `<text class="title" x="12" y="22">Updates a second (more is better, logarithmic scale)</text>`,
    `<text class="soft" x="12" y="40">${escaped(caption)}</text>`,
    ...parts,
    '</svg>\n',
  ].join('\n');
}

function panelOf(title, lines, top, x, low, high) {
  const bottom = top + HEAD + lines.length * (BAR + GAP);
  const parts = [`<text class="title" x="12" y="${top + 30}">${escaped(title)}</text>`];
  for (let power = low; power <= high; power++) {
    const at = x(10 ** power).toFixed(1);
    parts.push(
      `<line class="grid" x1="${at}" y1="${top + HEAD - 6}" x2="${at}" y2="${bottom}"/>`,
      `<text class="soft" x="${at}" y="${bottom + 15}" text-anchor="middle">${(10 ** power).toLocaleString('en')}</text>`,
    );
  }
  lines.forEach(({ system, title: name, perSecond }, i) => {
    const y = top + HEAD + i * (BAR + GAP);
    const kind = system.startsWith('holdfast')
      ? 'ours'
      : system.startsWith('raw')
        ? 'floor'
        : 'bar';
    const end = x(perSecond);
    parts.push(
      `<text x="${LEFT - 10}" y="${y + 13}" text-anchor="end">${escaped(name)}</text>`,
      `<rect class="${kind}" x="${LEFT}" y="${y}" width="${(end - LEFT).toFixed(1)}" height="${BAR}" rx="2"/>`,
      `<text x="${(end + 6).toFixed(1)}" y="${y + 13}">${Math.round(perSecond).toLocaleString('en')}</text>`,
    );
  });
  return parts.join('\n');
}

/** Whole powers of ten around the values. */
function scaleOf(values) {
  const known = values.filter((value) => value > 0);
  const low = Math.floor(Math.log10(Math.min(10, ...known)));
  return [low, Math.max(low + 1, Math.ceil(Math.log10(Math.max(10, ...known))))];
}

const escaped = (text) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
