import { strict as assert } from 'node:assert';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../tools/paths.ts';
import { fileOf, patches } from './patches.ts';

describe('patches that tests must notice', () => {
  for (const patch of patches) {
    const { name, from, to, tests } = patch;
    it(`${name}: applies to one place, and its tests exist`, () => {
      const file = fileOf(patch);
      const parts = readFileSync(path.join(root, file), 'utf8').split(from);
      assert.equal(parts.length - 1, 1, `${file} has ${String(parts.length - 1)} times: ${from}`);
      assert.notEqual(from, to);
      for (const pattern of tests) assert.notEqual(globSync(pattern, { cwd: root }).length, 0, pattern);
    });
  }

  it('have names of their own', () => {
    const names = patches.map(({ name }) => name);
    assert.deepEqual([...new Set(names)], names);
  });
});
