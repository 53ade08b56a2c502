import type { DeviceProfile } from '@kubeplant/crds';
import type { FindingSink } from './findings.ts';

/** Values of a profile's parameters for one device; a required one without a value is missing. */
export interface Parameters {
  /** Name of the profile; undefined: the device has none, and `$(…)` is plain text. */
  readonly profile: string | undefined;
  readonly values: ReadonlyMap<string, string>;
  readonly complete: boolean;
}

/** Parameters as given by the device, else their defaults. What is given and not declared is a finding. */
export function resolveParameters(
  profile: DeviceProfile | undefined,
  given: Readonly<Record<string, string>>,
  findings: FindingSink,
): Parameters {
  const values = new Map<string, string>();
  if (profile === undefined) return { profile: undefined, values, complete: true };
  let complete = true;
  const declared = profile.spec.parameters ?? [];
  for (const parameter of declared) {
    const value = given[parameter.name] ?? parameter.default;
    if (value !== undefined) values.set(parameter.name, value);
    else if (parameter.required === true) {
      complete = false;
      const fix = `Set spec.profileRef.parameters.${parameter.name}.`;
      findings.error(
        'ParameterUnset',
        `spec.profileRef.parameters.${parameter.name}`,
        `Profile "${profile.metadata.name}" needs the parameter "${parameter.name}". ${fix}`,
      );
    }
  }
  const names = new Set(declared.map((parameter) => parameter.name));
  for (const name of Object.keys(given).sort()) {
    if (names.has(name)) continue;
    const field = `spec.profileRef.parameters.${name}`;
    const known = [...names].sort().join(', ') || 'none';
    findings.warning(
      'ParameterUndeclared',
      field,
      `Profile "${profile.metadata.name}" has no parameter "${name}" (it has ${known}). Remove it.`,
    );
  }
  return { profile: profile.metadata.name, values, complete };
}

const PLACEHOLDER = /\$\(([A-Za-z_][A-Za-z0-9_]*)\)/g;

/** Put parameters into `$(name)`; names without a value are handed to `onMissing` and stay as they are. */
export function substitute(text: string, values: ReadonlyMap<string, string>, onMissing: (name: string) => void): string {
  if (!text.includes('$(')) return text;
  return text.replaceAll(PLACEHOLDER, (whole, name: string) => {
    const value = values.get(name);
    if (value === undefined) onMissing(name);
    return value ?? whole;
  });
}
