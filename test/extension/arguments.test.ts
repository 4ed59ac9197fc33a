import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { Arguments } from '../../extension/debug/protocol/arguments.ts';
import { RequestError } from '../../extension/debug/protocol/errors.ts';

describe('arguments of a request', () => {
  it('are read when they are right', () => {
    const args = new Arguments('go', {
      name: 'n',
      line: 3,
      on: true,
      source: { path: 'p' },
      list: [{ a: 1 }],
      words: ['w'],
    });
    assert.equal(args.string('name'), 'n');
    assert.equal(args.integer('line', 1, 10), 3);
    assert.equal(args.boolean('on', false), true);
    assert.equal(args.boolean('off', true), true);
    assert.equal(args.record('source').string('path'), 'p');
    assert.equal(args.records('list')[0]?.integer('a'), 1);
    assert.deepEqual(args.strings('words'), ['w']);
    assert.deepEqual(args.records('missing'), []);
    assert.equal(args.optionalString('missing'), undefined);
  });

  it('name the culprit when they are wrong', () => {
    const args = new Arguments('go', { name: 1, line: 2.5, list: [{ a: 'x' }, 3], source: [] });
    const message = (read: () => unknown): string => {
      try {
        read();
      } catch (error) {
        assert(error instanceof RequestError);
        return error.message;
      }
      return 'no error';
    };
    assert.equal(
      message(() => args.string('name')),
      "'go' needs 'name' to be a string.",
    );
    assert.equal(
      message(() => args.integer('line')),
      "'go' needs 'line' to be an integer.",
    );
    assert.equal(
      message(() => args.integer('line', 1, 9)),
      "'go' needs 'line' to be an integer from 1 to 9.",
    );
    assert.equal(
      message(() => args.records('list')),
      "'go' needs 'list[1]' to be an object.",
    );
    assert.equal(
      message(() => args.record('source')),
      "'go' needs 'source' to be an object.",
    );
    assert.equal(
      message(() => new Arguments('go', { list: [{ a: 'x' }] }).records('list')[0]?.integer('a')),
      "'go' needs 'list[0].a' to be an integer.",
    );
    assert.equal(
      message(() => new Arguments('go', 5)),
      "'go' needs 'arguments' to be an object.",
    );
  });

  it('never fail otherwise than with a request error', () => {
    fc.assert(
      fc.property(fc.anything(), fc.string(), (value, name) => {
        const reads: ((args: Arguments) => unknown)[] = [
          (args) => args.string(name),
          (args) => args.optionalInteger(name, 0, 5),
          (args) => args.boolean(name, true),
          (args) => args.records(name),
          (args) => args.strings(name),
          (args) => args.record(name),
        ];
        for (const read of reads) {
          try {
            read(new Arguments('go', { [name]: value }));
          } catch (error) {
            assert(error instanceof RequestError, String(error));
          }
        }
      }),
    );
  });
});
