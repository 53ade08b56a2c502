import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/App.tsx';
import { createDeps } from './app/create-deps.ts';
import { guardLocale } from './app/guard-locale.ts';

guardLocale(navigator);
const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no element with the id "root"');
createRoot(root).render(
  <StrictMode>
    <App deps={createDeps(location.origin)} />
  </StrictMode>,
);
