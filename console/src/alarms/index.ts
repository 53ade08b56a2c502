export { AlarmsPage } from './AlarmsPage.tsx';
