// Runs before the first paint, so that no page flashes in the wrong theme. `kernel/theme.ts` takes over from it.
(() => {
  /** @type {string | null} */
  let choice = null;
  try {
    choice = localStorage.getItem('healthapp.theme');
  } catch {
    // Storage is blocked: follow the system.
  }
  const dark = choice === 'dark' || (choice !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.bsTheme = dark ? 'dark' : 'light';
})();
