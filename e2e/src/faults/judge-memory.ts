/** A process's use at one moment. */
export interface Sample {
  readonly mb: number;
  readonly handles: number;
}

/** Of the last third of a run against the second. */
const MOST_GROWTH = 1.1;
const MARGIN_MB = 10;
const MARGIN_HANDLES = 10;

/** Median of each third of the run, the most, and what grows. */
export function judgeMemory(
  name: string,
  samples: readonly Sample[],
): { readonly figures: Record<string, string>; readonly broken: string[] } {
  const running = samples.filter(({ mb }) => mb > 0); // 0: between two starts
  const mb = thirds(running.map((sample) => sample.mb));
  const handles = thirds(running.map((sample) => sample.handles));
  return {
    figures: {
      [`${name} MB`]: `${mb.join(' → ')}, most ${Math.max(0, ...running.map((sample) => sample.mb))}`,
      [`${name} handles`]: handles.join(' → '),
    },
    broken: [
      ...(mb[2] > mb[1] * MOST_GROWTH + MARGIN_MB ? [`memory of the ${name} grows: ${mb.join(' → ')} MB`] : []),
      ...(handles[2] > handles[1] + MARGIN_HANDLES ? [`the ${name} keeps handles open: ${handles.join(' → ')}`] : []),
    ],
  };
}

function thirds(values: readonly number[]): readonly [number, number, number] {
  const third = Math.floor(values.length / 3);
  const median = (part: number): number => {
    const some = values.slice(part * third, (part + 1) * third).sort((a, b) => a - b);
    return some[some.length >> 1] ?? 0;
  };
  return [median(0), median(1), median(2)];
}
