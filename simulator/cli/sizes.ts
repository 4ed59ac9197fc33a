/** Sizes as they are written on the command line. */
const units: Readonly<Record<string, number>> = { '': 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30 };

/** Bytes of `1000000`, `64MiB`, `64M`. Null for any other text, and for more than a number holds exactly. */
export function byteCount(text: string): number | null {
  const match = /^(\d+)\s*(?:([KMG])?i?B?)?$/i.exec(text);
  if (match === null) return null;
  const value = Number(match[1]) * (units[(match[2] ?? '').toUpperCase()] as number);
  return Number.isSafeInteger(value) ? value : null;
}

/** `4MiB`, as `byteCount` and scenarios read it. */
export function sizeWord(bytes: number): string {
  const unit = (['G', 'M', 'K'] as const).find((letter) => bytes > 0 && bytes % (units[letter] as number) === 0);
  return unit === undefined ? `${String(bytes)}B` : `${String(bytes / (units[unit] as number))}${unit}iB`;
}
