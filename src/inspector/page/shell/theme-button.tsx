import { useObserved } from '../browser/observable.ts';
import { useMedia } from '../browser/use-media.ts';
import { chooseTheme, isDark, theme } from './theme.ts';

/** Turns to the other theme; back at the device's own it follows the device again. */
export function ThemeButton() {
  const chosen = useObserved(theme);
  const device = useMedia('(prefers-color-scheme: dark)');
  const dark = isDark(chosen, device);
  const turn = (): void => {
    const next = dark ? 'light' : 'dark';
    chooseTheme((next === 'dark') === device ? 'system' : next);
  };
  const label = dark ? 'Light theme' : 'Dark theme';
  return (
    <button type="button" class="icon-button" aria-label={label} title={label} onClick={turn}>
      <svg viewBox="0 0 20 20" width="18" height="18" aria-hidden="true">
        <circle cx="10" cy="10" r="6.5" fill="none" stroke="currentColor" stroke-width="1.6" />
        <path d="M10 3.5a6.5 6.5 0 0 1 0 13z" fill="currentColor" />
      </svg>
    </button>
  );
}
