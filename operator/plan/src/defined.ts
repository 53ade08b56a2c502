/** An object without the keys whose value is undefined. */
export type Defined<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** Leave out what is undefined; the order of the keys stays. */
export function defined<T extends object>(value: T): Defined<T> {
  const out: Record<string, unknown> = {};
  for (const key in value) if (Object.hasOwn(value, key) && value[key] !== undefined) out[key] = value[key];
  return out as Defined<T>; // the keys left out are exactly those the type makes optional
}
