import { page, paragraph, section, verbatim } from './roff.ts';

/**
 * healthapp-config(5), made from config.sample.yaml: its comments become text, its settings stay as they are
 * written, with the `#` before those that have no default.
 */
export function configPage(sample: string, version: string): string {
  const parts: string[] = [];
  for (const block of sample.split(/\n{2,}/)) parts.push(...partsOf(block.split('\n').filter((line) => line !== '')));
  return page({ name: 'healthapp-config', section: 5, purpose: 'configuration of HealthApp', version }, [
    section(
      'description',
      paragraph('YAML in /etc/healthapp/config.yaml. After a change, run "healthapp config check".'),
    ),
    ...parts,
    section('see also', paragraph('healthapp(1), healthapp-agent(1)')),
  ]);
}

const heading = /^## (.+?) -{3,}$/;

function partsOf(lines: readonly string[]): string[] {
  const parts: string[] = [];
  let prose: string[] = [];
  let settings: string[] = [];
  const endProse = () => {
    if (prose.length > 0) parts.push(paragraph(prose.join('\n')));
    prose = [];
  };
  const endSettings = () => {
    if (settings.length > 0) parts.push(verbatim(settings));
    settings = [];
  };
  for (const line of lines) {
    const title = heading.exec(line)?.[1];
    // Deeper indented is an example, unless it goes on with an item of a list.
    const text = (prose.at(0)?.startsWith('- ') ? /^ *#(?: +(.*))?$/ : /^ *#(?: (?! )(.*))?$/).exec(line);
    if (title !== undefined) {
      endProse();
      endSettings();
      parts.push(section(title));
    } else if (text !== null) {
      endSettings();
      const said = text[1] ?? '';
      if (said === '' || said.startsWith('- ')) endProse();
      if (said !== '') prose.push(said);
    } else {
      endProse();
      settings.push(line);
    }
  }
  endProse();
  endSettings();
  return parts;
}
