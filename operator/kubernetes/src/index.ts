export { operatorConfig } from './config.ts';
