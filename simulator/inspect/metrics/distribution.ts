export interface Distribution {
  readonly count: number;
  readonly total: number;
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

/** Percentiles are values that occur (nearest rank). Null: there is no value. */
export function distribution(values: readonly number[]): Distribution | null {
  if (values.length === 0) return null;
  const sorted = Float64Array.from(values).sort();
  const at = (percent: number): number => sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? 0;
  const total = sorted.reduce((left, right) => left + right, 0);
  return {
    count: sorted.length,
    total,
    mean: total / sorted.length,
    p50: at(50),
    p90: at(90),
    p99: at(99),
    max: at(100),
  };
}
