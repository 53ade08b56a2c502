export { ExportsPage } from './ExportsPage.tsx';
