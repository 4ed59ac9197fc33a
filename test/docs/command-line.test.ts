/** The page of the command line has a section for each command, and the manual names no flag that does not exist. */
import { strict as assert } from 'node:assert';
import { commandLine } from '../../simulator/cli/command-line.ts';
import { commandPart } from '../tools/docs/commands.ts';
import { headings, pages } from './manual.ts';

const { commands } = commandLine();

describe('the command line in the manual', () => {
  const page = pages().find(({ file }) => file === 'docs/command-line.md');

  it('has a section for each command, in the order in which help lists them', () => {
    const sections = headings(page?.text ?? '').flatMap((heading) => /^`pagewalk (\S+)`$/.exec(heading)?.[1] ?? []);
    assert.deepEqual(
      sections,
      commands.map((command) => command.name()),
    );
    for (const name of sections) assert(page?.text.includes(`<!-- command ${name}: written by npm run docs -->`), name);
  });

  it('has the flags of each command, those of every run once', () => {
    assert.match(commandPart('compare'), /^\| `--kernels <names>` \| kernels, .* \|$/m);
    assert.match(commandPart('compare'), /flags of every run\]\(#flags-of-every-run\), except `--kernel`\.$/);
    assert.doesNotMatch(commandPart('compare'), /--seed/);
    assert.match(commandPart('memory-image'), /^\| `-o, --output <file>` \| .* \(required\) \|$/m);
    assert.match(commandPart('import'), /^`<kind>`: which tool \(choices: "lackey", "strace"\)\.$/m);
    assert.doesNotMatch(commandPart('import'), /flags of every run/);
    assert.throws(() => commandPart('walk'), /there is no command walk/);
  });

  it('is told no flag that does not exist', () => {
    const known = new Set(['--help', '--version']);
    for (const { options } of commands) for (const { long } of options) known.add(long ?? '');
    for (const { file, text } of pages()) {
      if (!file.startsWith('docs/') || file.startsWith('docs/adr/')) continue;
      const lines = text.split('\n').filter((line) => /pagewalk |^\| `-/.test(line));
      const flags = lines.flatMap((line) => [...line.matchAll(/(?<=[\s`])--[a-z][a-z-]*/g)].map(([flag]) => flag));
      assert.deepEqual(
        flags.filter((flag) => !known.has(flag)),
        [],
        file,
      );
    }
  });
});
