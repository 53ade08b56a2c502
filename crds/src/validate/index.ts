export { applyDefaults } from './apply-defaults.ts';
export { validateResource } from './validate-resource.ts';
export { formatField, type FieldPath, type ValidationError } from './validation-error.ts';
