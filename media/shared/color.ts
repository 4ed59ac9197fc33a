/** Colours that stay readable on whatever background a theme has. WCAG 2.2, relative luminance and contrast ratio. */

export type Rgb = readonly [number, number, number];

/** `#1f1f1f`, `rgb(31, 31, 31)`, `rgba(31, 31, 31, 0.5)`; null for anything else. */
export function parseColor(text: string): Rgb | null {
  const hex = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})/i.exec(text.trim());
  if (hex !== null)
    return [parseInt(hex[1] as string, 16), parseInt(hex[2] as string, 16), parseInt(hex[3] as string, 16)];
  const rgb = /^rgba?\(\s*([\d.]+)[,\s]+([\d.]+)[,\s]+([\d.]+)/.exec(text.trim());
  return rgb === null ? null : [Number(rgb[1]), Number(rgb[2]), Number(rgb[3])];
}

export function colorText([red, green, blue]: Rgb): string {
  return `#${[red, green, blue].map((part) => Math.round(part).toString(16).padStart(2, '0')).join('')}`;
}

export function mix(from: Rgb, to: Rgb, share: number): Rgb {
  const part = (index: 0 | 1 | 2) => from[index] + (to[index] - from[index]) * share;
  return [part(0), part(1), part(2)];
}

export function luminance(color: Rgb): number {
  const [red, green, blue] = color.map((part) => {
    const value = part / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

export function contrast(one: Rgb, other: Rgb): number {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

/** The colour itself, or as little nearer to white or black as gives the ratio on every one of the surfaces. */
export function ensureContrast(color: Rgb, surfaces: readonly Rgb[], ratio: number): Rgb {
  const isDark = luminance(surfaces[0] as Rgb) < 0.18;
  const target: Rgb = isDark ? [255, 255, 255] : [0, 0, 0];
  for (let share = 0; share < 1; share += 0.04) {
    const candidate = mix(color, target, share);
    if (surfaces.every((surface) => contrast(candidate, surface) >= ratio)) return candidate;
  }
  return target;
}
