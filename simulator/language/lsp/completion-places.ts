/** Places after `at`: the clusters of the machine that the file has described so far. */
import { CompletionItemKind } from 'vscode-languageserver';
import type { CompletionItem } from 'vscode-languageserver';
import type { Vocabulary } from '../catalogue.ts';
import type { Cursor } from './cursor.ts';

/** More than anybody reads; the first of them show how a place is written. */
const mostPlaces = 64;

export function placeItems(cursor: Cursor, vocabulary: Vocabulary): CompletionItem[] {
  const { width, height } = meshOf(cursor, vocabulary);
  const places: CompletionItem[] = [];
  for (let x = 0; x < width; x++) {
    for (let y = 0; y < height && places.length < mostPlaces; y++) {
      const sortText = `0${String(places.length).padStart(2, '0')}`;
      const detail = 'column and row of a cluster';
      places.push({ label: `(${String(x)},${String(y)})`, kind: CompletionItemKind.Value, detail, sortText });
    }
  }
  return places;
}

/** As the file says it, else of its preset, else of its kernel's machine. */
function meshOf({ tokens }: Cursor, { catalogue, kernel }: Vocabulary): { width: number; height: number } {
  const after = (word: string): string => tokens[tokens.findLastIndex(({ text }) => text === word) + 1]?.text ?? '';
  const written = /^(\d+)x(\d+)$/.exec(after('mesh'));
  if (written !== null) return { width: Number(written[1]), height: Number(written[2]) };
  const preset = after('machine');
  if (Object.hasOwn(catalogue.presets, preset)) return catalogue.presets[preset]?.mesh ?? one;
  return (kernel ?? catalogue.kernels[0])?.defaultConfig().mesh ?? one;
}

const one = { width: 1, height: 1 };
