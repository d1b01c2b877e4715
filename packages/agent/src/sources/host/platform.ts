/** What a person calls this system. Pure. */

/** `PRETTY_NAME` of os-release(5), `Debian GNU/Linux 12 (bookworm)`; undefined when there is none. */
export function prettyNameIn(osRelease: string): string | undefined {
  const value = /^PRETTY_NAME=(.*)$/m.exec(osRelease)?.[1]?.trim();
  if (value === undefined || value === '') return undefined;
  const quoted = /^(["'])(.*)\1$/.exec(value);
  // Inside quotes the shell's escapes hold: \" \$ \\ \`.
  return quoted === null ? value : (quoted[2] ?? '').replace(/\\(["$\\`])/g, '$1');
}

/** `macOS 15.1` of SystemVersion.plist, which is what `sw_vers` reads. */
export function macosVersionIn(plist: string): string | undefined {
  const value = (key: string) => new RegExp(`<key>${key}</key>\\s*<string>([^<]*)</string>`).exec(plist)?.[1];
  const name = value('ProductName');
  const version = value('ProductVersion');
  return name === undefined || version === undefined ? undefined : `${name} ${version}`;
}
