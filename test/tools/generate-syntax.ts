// The TextMate grammar, from the language's own grammar: its words come from there, so the colours cannot fall behind.
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { syntaxGrammar } from '../../simulator/language/syntax-grammar.ts';
import { root } from './paths.ts';

await writeFile(path.join(root, 'syntaxes', 'walk.tmLanguage.json'), `${JSON.stringify(syntaxGrammar(), null, 2)}\n`);
