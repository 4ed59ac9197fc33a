/** The kinds' colours, fitted to the theme that VS Code has put on the page. */
import { signal } from '@preact/signals';
import type { RegionKind } from '../protocol/messages.ts';
import { colorText, ensureContrast, luminance, mix, parseColor, type Rgb } from './color.ts';

const dark: Readonly<Record<RegionKind, string>> = {
  code: '#5aa9e6',
  data: '#bd95e6',
  heap: '#a3c957',
  anon: '#5fbd8d',
  file: '#dbaa58',
  shared: '#4fc3c7',
  remote: '#e58fc3',
  stack: '#e58585',
  device: '#d09a7a',
  null: '#a0a0a0',
  kernel: '#93a1b0',
};

const light: Readonly<Record<RegionKind, string>> = {
  code: '#1c6fb0',
  data: '#7d4fb3',
  heap: '#56730c',
  anon: '#237a50',
  file: '#8a5d0a',
  shared: '#0b7478',
  remote: '#ad3a84',
  stack: '#b64545',
  device: '#8a5a3c',
  null: '#666666',
  kernel: '#596673',
};

export const kindNames: Readonly<Record<RegionKind, string>> = {
  code: 'code',
  data: 'data',
  heap: 'heap',
  anon: 'anonymous',
  file: 'file',
  shared: 'shared',
  remote: 'remote',
  stack: 'stack',
  device: 'device',
  null: 'null',
  kernel: 'kernel',
};

export interface KindColors {
  /** Text and full lines, 4.5 to 1 on the background. */
  readonly strong: string;
  /** A resident page. */
  readonly fill: string;
  /** The light stripes of copy-on-write. */
  readonly pale: string;
  /** The outline of a page that is not there, 3 to 1. */
  readonly outline: string;
}

export interface Theme {
  readonly highContrast: boolean;
  readonly background: string;
  readonly foreground: string;
  readonly dim: string;
  /** Changed by the last step. */
  readonly mark: string;
  readonly focus: string;
  readonly kinds: Readonly<Record<RegionKind, KindColors>>;
}

export function makeTheme(input: {
  background: Rgb;
  foreground: Rgb;
  highContrast: boolean;
  dim?: Rgb | undefined;
  focus?: Rgb | undefined;
  /** Other colours on which text stands: selected rows, cards. */
  surfaces?: readonly Rgb[];
}): Theme {
  const { background, foreground, highContrast } = input;
  const isDark = luminance(background) < 0.18;
  const ratio = highContrast ? 7 : 4.5;
  const mark = ensureContrast(parseColor(isDark ? '#ffd166' : '#a86500') as Rgb, [background], ratio);
  // Rows that the last step changed are tinted with the mark.
  const surfaces = [background, mix(background, mark, 0.11), ...(input.surfaces ?? [])];
  const kind = (name: RegionKind): KindColors => {
    const base = parseColor((isDark ? dark : light)[name]) as Rgb;
    const strong = ensureContrast(base, surfaces, ratio);
    const outline = highContrast ? strong : ensureContrast(mix(strong, background, 0.45), [background], 3);
    const fill = highContrast ? strong : mix(strong, background, isDark ? 0.22 : 0.12);
    return {
      strong: colorText(strong),
      fill: colorText(fill),
      pale: colorText(mix(strong, background, 0.78)),
      outline: colorText(outline),
    };
  };
  return {
    highContrast,
    background: colorText(background),
    foreground: colorText(foreground),
    dim: colorText(ensureContrast(input.dim ?? mix(foreground, background, 0.35), surfaces, ratio)),
    mark: colorText(mark),
    focus: colorText(ensureContrast(input.focus ?? foreground, [background], 3)),
    kinds: Object.fromEntries(Object.keys(dark).map((name) => [name, kind(name as RegionKind)])) as Theme['kinds'],
  };
}

const initial = makeTheme({ background: [31, 31, 31], foreground: [204, 204, 204], highContrast: false });
export const theme = signal<Theme>(initial);

const surfaceNames = [
  '--vscode-list-inactiveSelectionBackground',
  '--vscode-list-hoverBackground',
  '--vscode-editorWidget-background',
];

function read(): Theme {
  const style = getComputedStyle(document.documentElement);
  const body = document.body.classList;
  const isLight = body.contains('vscode-light') || body.contains('vscode-high-contrast-light');
  const background =
    parseColor(style.getPropertyValue('--vscode-editor-background')) ?? (isLight ? [255, 255, 255] : [31, 31, 31]);
  const color = (name: string) => parseColor(style.getPropertyValue(name), background) ?? undefined;
  const foreground = color('--vscode-editor-foreground') ?? color('--vscode-foreground');
  return makeTheme({
    background,
    foreground: foreground ?? (isLight ? [59, 59, 59] : [204, 204, 204]),
    dim: color('--vscode-descriptionForeground'),
    focus: color('--vscode-focusBorder'),
    surfaces: surfaceNames.map(color).filter((surface) => surface !== undefined),
    highContrast: body.contains('vscode-high-contrast') || matchMedia('(forced-colors: active)').matches,
  });
}

function apply(): void {
  const next = read();
  const { style } = document.documentElement;
  for (const [name, colors] of Object.entries(next.kinds)) {
    style.setProperty(`--kind-${name}`, colors.strong);
    style.setProperty(`--kind-${name}-fill`, colors.fill);
  }
  style.setProperty('--pw-mark', next.mark);
  style.setProperty('--pw-dim', next.dim);
  style.setProperty('--pw-accent', next.focus);
  theme.value = next;
}

/** Follows the theme from now on. VS Code changes the body's class and the root's style together. */
export function followTheme(): void {
  apply();
  let queued = false;
  const queue = () => {
    if (queued) return;
    queued = true;
    requestAnimationFrame(() => {
      queued = false;
      apply();
    });
  };
  new MutationObserver(queue).observe(document.body, { attributes: true, attributeFilter: ['class'] });
  matchMedia('(forced-colors: active)').addEventListener('change', queue);
}
