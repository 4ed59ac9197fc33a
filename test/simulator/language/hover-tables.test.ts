/** Whatever the tables of a kernel name has something to say on hover, with and without a `kernel` line where it can stand without. */
import { strict as assert } from 'node:assert';
import { EmptyFileSystem, URI } from 'langium';
import type { Hover } from 'vscode-languageserver';
import { commonEvents, commonInjections } from '../../../simulator/kernels/common-operations.ts';
import { blockErrors, commonErrors } from '../../../simulator/language/checks/vocabulary.ts';
import { createWalkServices } from '../../../simulator/language/lsp/lsp-module.ts';
import { standardCatalogue } from '../../../simulator/language/standard-catalogue.ts';

const { shared, Walk } = createWalkServices(EmptyFileSystem, standardCatalogue);
let count = 0;

/** The text at the mark ‸ of each line; the lines are one document each. */
async function hover(marked: string): Promise<string> {
  const uri = URI.parse(`file:///tables/${String(count++)}.walk`);
  const document = shared.workspace.LangiumDocumentFactory.fromString(marked.replace('‸', ''), uri);
  await shared.workspace.DocumentBuilder.build([document], { validation: false });
  const position = document.textDocument.positionAt(marked.indexOf('‸'));
  const at = { textDocument: { uri: uri.toString() }, position };
  const found: Hover | undefined = await Walk.lsp.HoverProvider?.getHoverContent(document, at);
  return found === undefined ? '' : (found.contents as { value: string }).value;
}

async function silent(marked: readonly string[]): Promise<string[]> {
  const texts = await Promise.all(marked.map(hover));
  return marked.filter((_, index) => texts[index] === '');
}

describe('hover over a function', () => {
  it('has the steps in the order in which they run', async () => {
    const called = await hover(
      'kernel vm-region process p { code 0 data 0 } as p { ‸vm_region_unmap(root(p), 0, 4096) }',
    );
    const order = [...called.matchAll(/^\*\*(\w+)\*\* /gm)].map(([, label]) => label);
    assert.deepEqual(order, ['1', '2', '3', '4', '5', '5a', '5b', '5c', '5d', '6']);
  });
});

describe('hover over what every kernel has', () => {
  const tsar = standardCatalogue.presets.tsar;
  assert.ok(tsar !== undefined);
  const tables: Readonly<Record<string, readonly string[]>> = {
    presets: Object.keys(standardCatalogue.presets).map((name) => `machine ‸${name}`),
    'costs of the machine': Object.keys(tsar.cost).map((name) => `machine tsar { cost { ‸${name} 1 } }`),
    'sizes of the TLB': Object.keys(tsar.tlb).map((name) => `machine tsar { tlb { ‸${name} 1 } }`),
    events: commonEvents.map((name) => `print count("‸${name}")`),
    injections: Object.keys(commonInjections).map((name) => `inject ‸${name} fails`),
    errors: commonErrors.map((name) => `expect read(0) fails ‸${name}`),
    'errors of blocks': [...commonErrors, ...blockErrors].map((name) => `expect explore { } fails ‸${name}`),
  };
  for (const [what, marked] of Object.entries(tables)) it(what, async () => assert.deepEqual(await silent(marked), []));
});

for (const kernel of standardCatalogue.kernels) {
  describe(`hover over what ${kernel.name} has`, () => {
    const line = `kernel ${kernel.name}\n`;
    const functions = kernel.functions.map(({ info }) => info);
    const tables: Readonly<Record<string, readonly string[]>> = {
      functions: functions.map(({ name }) => `‸${name}()`),
      parameters: functions.flatMap(({ name, parameters }) =>
        parameters.map((parameter) => `${name}(‸${parameter.name}: 0)`),
      ),
      constants: Object.keys(kernel.constants).map((name) => `print ‸${name}`),
      events: Object.keys(kernel.events).map((name) => `print count("‸${name}")`),
      injections: Object.keys(kernel.injections).map((name) => `inject ‸${name} fails`),
      daemons: Object.keys(kernel.daemons).map((name) => `daemon ‸${name} on`),
      errors: [...kernel.errors, ...Object.keys(kernel.errorAliases)]
        .filter((name) => /^[A-Z][A-Z0-9_]*$/.test(name))
        .map((name) => `expect read(0) fails ‸${name}`),
      globals: Object.keys(kernel.globals).map((name) => `print kernel.‸${name}`),
      members: kernel.objectTypes.flatMap(({ fields }) => Object.keys(fields).map((name) => `print f(0).‸${name}`)),
    };
    for (const [what, marked] of Object.entries(tables))
      it(what, async () => assert.deepEqual(await silent(marked.map((text) => line + text)), []));
    it('options', async () => {
      const marked = kernel.options.map(({ name }) => `kernel ${kernel.name} { ‸${name} 1 }`);
      assert.deepEqual(await silent(marked), []);
    });
    it('words of parameters', async () => {
      const marked = functions.flatMap(({ name, parameters }) =>
        parameters.flatMap((parameter) => {
          const { type } = parameter;
          const isEnumeration = type.kind === 'enumeration' || type.kind === 'flags';
          const words = isEnumeration ? Object.keys(type.members) : [];
          return words.map((word) => `${line}${name}(${parameter.name}: ‸${word})`);
        }),
      );
      assert.deepEqual(await silent(marked), []);
    });
    it('a file that names no kernel: events, injections, daemons, globals and members', async () => {
      const unnamed = ['events', 'injections', 'daemons', 'globals', 'members'].flatMap((what) => tables[what] ?? []);
      assert.deepEqual(await silent(unnamed), []);
    });
  });
}
