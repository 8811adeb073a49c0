/** The inspector's page. The token leaves the address before anything is drawn or fetched. */
import { render } from 'preact';
import { App } from './app.tsx';
import { takeTokenFromAddress } from './server/token.ts';
import { applyKeptTheme } from './shell/theme.ts';

takeTokenFromAddress();
applyKeptTheme();
const place = document.getElementById('page');
if (place) render(<App />, place);
