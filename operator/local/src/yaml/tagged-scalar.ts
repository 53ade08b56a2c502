import { resolveScalar, type ScalarValue } from './resolve-scalar.ts';

const PREFIX = 'tag:yaml.org,2002:';

/** A scalar with an explicit tag. Tags nobody knows are ignored, as kubectl does. */
export function convertTagged(tag: string, source: string, quoted: boolean): ScalarValue | { readonly error: string } {
  const value = resolveScalar(source);
  const wrong = { error: `${JSON.stringify(source)} is not a ${tag.replace(PREFIX, '!!')}` };
  switch (tag.startsWith(PREFIX) ? tag.slice(PREFIX.length) : '') {
    case 'int':
      return typeof value === 'number' && Number.isInteger(value) && !/[.eE]/.test(source.replace(/^[-+]?0[xX].*/, '')) ? value : wrong;
    case 'float':
      return typeof value === 'number' ? value : wrong;
    case 'bool':
      return typeof value === 'boolean' ? value : wrong;
    case 'null':
      return value === null ? value : wrong;
    case 'binary':
      return Buffer.from(source, 'base64').toString();
    case 'timestamp':
      return source;
    default:
      return quoted ? source : value;
  }
}
