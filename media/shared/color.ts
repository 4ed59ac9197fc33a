/** Colours that stay readable on whatever background a theme has. WCAG 2.2, relative luminance and contrast ratio. */

export type Rgb = readonly [number, number, number];

/** `#1f1f1f`, `#fff`, `rgb(31, 31, 31)`; with an alpha part, as it looks on `under`. Null for anything else. */
export function parseColor(text: string, under: Rgb = [0, 0, 0]): Rgb | null {
  const parts = hexParts(text.trim()) ?? functionParts(text.trim());
  if (parts === null) return null;
  const [red, green, blue, alpha] = parts;
  return alpha === 1 ? [red, green, blue] : mix(under, [red, green, blue], alpha);
}

type Rgba = [number, number, number, number];

function hexParts(text: string): Rgba | null {
  const digits = /^#([\da-f]{3,4}|[\da-f]{6}|[\da-f]{8})$/i.exec(text)?.[1];
  if (digits === undefined) return null;
  const long = digits.length <= 4 ? digits.replace(/./g, '$&$&') : digits;
  const part = (index: number) => parseInt(long.slice(index * 2, index * 2 + 2), 16);
  return [part(0), part(1), part(2), long.length === 8 ? part(3) / 255 : 1];
}

function functionParts(text: string): Rgba | null {
  const found = /^rgba?\(\s*([\d.]+)[,\s]+([\d.]+)[,\s]+([\d.]+)(?:\s*[,/]\s*([\d.]+)(%?))?/.exec(text);
  if (found === null) return null;
  const alpha = found[4] === undefined ? 1 : Number(found[4]) / (found[5] === '%' ? 100 : 1);
  return [Number(found[1]), Number(found[2]), Number(found[3]), alpha];
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
