/** Hexagon with a trend in it. */
export function Logo({ size = 28 }: { readonly size?: number }) {
  return <img src="/logo.svg" alt="" width={size} height={size} />;
}
