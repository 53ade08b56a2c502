import { useEffect, useRef } from 'react';
import { useNavigate } from 'react-router-dom';
import { PAGES } from './pages.ts';

const SEQUENCE_MS = 1200;

/** `g` and a letter go to a page, `/` to the search, `?` shows the keys. Not while something is typed. */
export function useShortcuts(onHelp: () => void): void {
  const navigate = useNavigate();
  const lastG = useRef(Number.NEGATIVE_INFINITY);
  useEffect(() => {
    const handle = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      const wanted = event.timeStamp - lastG.current < SEQUENCE_MS ? PAGES.find(({ key }) => key === event.key) : undefined;
      lastG.current = event.key === 'g' ? event.timeStamp : Number.NEGATIVE_INFINITY;
      if (wanted !== undefined) navigate(wanted.path);
      else if (event.key === '?') onHelp();
      else if (event.key === '/') {
        event.preventDefault();
        focusSearch(() => navigate('/tags'));
      }
    };
    addEventListener('keydown', handle);
    return () => removeEventListener('keydown', handle);
  }, [navigate, onHelp]);
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName));
}

/** The search of this page, or that of all tags. */
function focusSearch(goToTags: () => void): void {
  const field = document.querySelector<HTMLInputElement>('main input[type="search"], main input[name="q"]');
  if (field === null) goToTags();
  else field.focus();
}
