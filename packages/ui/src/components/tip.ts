/** What a picture says at one place: one small box for all pictures, above what is pointed at. Screen readers hear it from the picture itself. */

let box: HTMLDivElement | undefined;

/** @param at where on the screen, px: the middle of the box's lower edge. */
export function showTip(at: { readonly x: number; readonly top: number }, text: string): void {
  if (box === undefined) {
    box = document.createElement('div');
    box.className = 'tip';
    box.setAttribute('aria-hidden', 'true');
    document.body.append(box);
  }
  box.hidden = false;
  if (box.textContent !== text) box.textContent = text;
  const half = box.offsetWidth / 2;
  const x = Math.max(half + 4, Math.min(document.documentElement.clientWidth - half - 4, at.x));
  const above = at.top - box.offsetHeight - 6;
  box.style.translate = `${Math.round(x - half)}px ${Math.round(Math.max(4, above))}px`;
}

export function hideTip(): void {
  if (box !== undefined) box.hidden = true;
}
