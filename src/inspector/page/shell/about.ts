import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { About } from '../../wire.ts';

/** What is inspected; nothing before the server has said it. */
export const AboutContext = createContext<About | undefined>(undefined);

/** Whether the server lets the page change anything. */
export function useMayWrite(): boolean {
  return useContext(AboutContext)?.write === true;
}
