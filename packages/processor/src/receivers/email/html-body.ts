/**
 * The report as HTML. Clients drop style sheets, so every style stands on its element; no colour of
 * text or ground is set, so that light and dark follow the client; nothing is loaded from anywhere.
 */
import type { Report, Tone } from '../report.ts';

/** The bar beside the news. The words beside it say the same: colour is never alone. */
const barColour: Record<Tone, string> = {
  critical: '#d92d20',
  warning: '#dc8a04',
  info: '#2e77d0',
  recovered: '#16935f',
  ended: '#7a828c',
  test: '#2e77d0',
};

const font = "font-family:system-ui,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";
const mono = "font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,'Liberation Mono',monospace";
/** Long paths have no spaces to break at. */
const breakable = 'overflow-wrap:anywhere;word-break:break-word';
/** A grey that is visible on white and on black. */
const hairline = 'rgba(128,128,128,0.35)';
const shade = 'rgba(128,128,128,0.14)';

export function htmlBody(report: Report, title: string): string {
  return [
    '<!doctype html>',
    '<html lang="en" dir="ltr">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    '<meta name="supported-color-schemes" content="light dark">',
    `<title>${escaped(title)}</title>`,
    '</head>',
    `<body style="margin:0;padding:20px 16px;${font};font-size:16px;line-height:1.5">`,
    '<div style="max-width:600px;margin:0 auto">',
    headline(report),
    ...report.remarks.map((remark) => `<p style="margin:0 0 12px;${breakable}">${escaped(remark)}</p>`),
    table(report.details),
    // Nobody should have to scroll past many names to get at them all.
    ...(report.rolls.length === 0 ? [] : links(report.links)),
    ...report.rolls.flatMap(roll),
    ...steps(report.steps),
    ...(report.rolls.length === 0 ? links(report.links) : []),
    footer(report.footer),
    '</div>',
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

function headline(report: Report): string {
  const style = [
    'margin:0 0 16px',
    'padding:2px 0 2px 14px',
    `border-left:6px solid ${barColour[report.tone]}`,
    'font-size:20px;line-height:1.35;font-weight:600',
    breakable,
  ].join(';');
  return `<h1 style="${style}">${escaped(report.headline)}</h1>`;
}

function table(details: Report['details']): string {
  const cell = `padding:7px 0;border-bottom:1px solid ${hairline};vertical-align:top;text-align:left`;
  const rows = details.map(
    ({ label, value, age }) =>
      `<tr><th scope="row" style="${cell};padding-right:14px;font-weight:normal;opacity:0.75;white-space:nowrap">` +
      `${escaped(label)}</th><td style="${cell};width:100%;${breakable}"><bdi>${escaped(value)}</bdi>${aside(age)}</td></tr>`,
  );
  return [
    `<table style="width:100%;border-collapse:collapse;margin:0 0 20px;border-top:1px solid ${hairline}">`,
    ...rows,
    '</table>',
  ].join('\n');
}

/** "(5 min ago)" in one piece. */
function aside(age: string | undefined): string {
  return age === undefined ? '' : ` <span style="white-space:nowrap">(${escaped(age)})</span>`;
}

const heading = 'margin:0 0 8px;font-size:16px;line-height:1.4;font-weight:600';

/** Short, since there may be many: Gmail cuts off what is beyond 102 KB. */
function roll({ title, entries, more }: Report['rolls'][number]): string[] {
  const line = `padding:5px 0;border-bottom:1px solid ${hairline}`;
  const items = entries.map(({ name, note, url }) => {
    const shown = url === null ? escaped(name) : `<a href="${escaped(url)}">${escaped(name)}</a>`;
    return `<li style="${line}"><bdi>${shown}</bdi> <bdi style="opacity:.75">${escaped(note)}</bdi></li>`;
  });
  return [
    `<h2 style="${heading}">${escaped(title)}</h2>`,
    `<ul style="list-style:none;margin:0 0 20px;padding:0;border-top:1px solid ${hairline};font-size:14px;${breakable}">`,
    ...items,
    ...(more === null ? [] : [`<li style="padding:5px 0">${escaped(more)}</li>`]),
    '</ul>',
  ];
}

function steps(list: Report['steps']): string[] {
  const [first, ...others] = list;
  if (first === undefined) return [];
  if (others.length === 0)
    return [`<div style="margin:0 0 20px">${escaped(first.text)}${commands(first.commands)}</div>`];
  const items = list.map((step) => `<li style="margin:0 0 12px">${escaped(step.text)}${commands(step.commands)}</li>`);
  return [
    `<h2 style="${heading}">What to do</h2>`,
    '<ol style="margin:0 0 20px;padding-left:22px">',
    ...items,
    '</ol>',
  ];
}

function commands(list: readonly string[]): string {
  const style = [
    'margin:6px 0 0;padding:8px 10px;border-radius:6px',
    `background:${shade}`,
    `${mono};font-size:14px;line-height:1.45;white-space:pre-wrap`,
    breakable,
  ].join(';');
  return list.map((command) => `<pre style="${style}"><code>${escaped(command)}</code></pre>`).join('');
}

function links(list: Report['links']): string[] {
  const [first, ...others] = list;
  if (first === undefined) return [];
  const button = [
    'display:inline-block;padding:10px 18px;margin:0 16px 8px 0;border-radius:6px',
    'background:#1f5fbf;color:#ffffff;text-decoration:none;font-weight:600',
  ].join(';');
  const beside = 'display:inline-block;margin-right:16px;white-space:nowrap';
  return [
    `<p style="margin:0 0 16px"><a href="${escaped(first.url)}" style="${button}">${escaped(first.text)}</a>`,
    ...others.map((link) => `<a href="${escaped(link.url)}" style="${beside}">${escaped(link.text)}</a>`),
    '</p>',
  ];
}

function footer(sentences: readonly string[]): string {
  const style = `margin:0;padding-top:12px;border-top:1px solid ${hairline};font-size:13px;opacity:0.75;${breakable}`;
  return `<p style="${style}">${sentences.map(escaped).join('<br>')}</p>`;
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
