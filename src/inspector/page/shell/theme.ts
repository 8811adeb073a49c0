import { Observable } from '../browser/observable.ts';

/** `system` follows the device. */
export type Theme = 'system' | 'light' | 'dark';

const KEPT_AS = 'holdfast-theme';

/** The theme that was chosen. */
export const theme = new Observable<Theme>('system');

/** The theme of the last visit, put on before the first drawing so that nothing flashes. */
export function applyKeptTheme(): void {
  const kept = localStorage.getItem(KEPT_AS);
  if (kept === 'light' || kept === 'dark') chooseTheme(kept);
}

export function chooseTheme(next: Theme): void {
  if (next === 'system') {
    delete document.documentElement.dataset.theme;
    localStorage.removeItem(KEPT_AS);
  } else {
    document.documentElement.dataset.theme = next;
    localStorage.setItem(KEPT_AS, next);
  }
  theme.set(next);
}

/** What is on the screen now. */
export function isDark(chosen: Theme, deviceIsDark: boolean): boolean {
  return chosen === 'system' ? deviceIsDark : chosen === 'dark';
}
