// Runs before the first paint, so that no page flashes in the wrong theme. `kernel/theme.ts` takes over from it.
(() => {
  /** @type {string | null} */
  let brightness = null;
  /** @type {string | null} */
  let name = null;
  try {
    brightness = localStorage.getItem('healthapp.theme');
    name = localStorage.getItem('healthapp.bootswatch');
  } catch {
    // Storage is blocked: follow the system.
  }
  const dark = brightness === 'dark' || (brightness !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.bsTheme = dark ? 'dark' : 'light';
  if (name !== null) document.documentElement.dataset.theme = name;
})();
