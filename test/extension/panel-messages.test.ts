import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { readMessage, WrongMessage } from '../../extension/webview/panel-messages.ts';
import type { FromPanel } from '../../media/protocol/messages.ts';

const selection = { process: 'app', cluster: 1, vpn: 32 };
const description = {
  panel: 'kernel',
  session: 'stopped',
  process: null,
  cluster: '0,0',
  stop: 3,
  lines: ['one', 'two'],
  selected: null,
  message: null,
} as const;

/** One of each message, and one of each question. */
const good: readonly FromPanel[] = [
  { type: 'ready' },
  { type: 'start' },
  { type: 'showMemory', cluster: 3 },
  { type: 'seek', position: { statement: 4, step: 17 } },
  { type: 'select', selection },
  { type: 'reveal', line: 12 },
  { type: 'compare', action: 'again' },
  { type: 'description', id: 1, description },
  { type: 'request', id: 1, command: 'addressSpace', args: {} },
  { type: 'request', id: 2, command: 'addressSpace', args: { process: 'app', cluster: 0, buckets: 64 } },
  { type: 'request', id: 3, command: 'pageTable', args: { start: 0, count: 50, filter: 'cow', find: 32 } },
  { type: 'request', id: 4, command: 'page', args: selection },
  { type: 'request', id: 5, command: 'translate', args: { address: 0x2000000 } },
  { type: 'request', id: 6, command: 'frames', args: { cluster: 0, start: 0, count: 10 } },
  { type: 'request', id: 7, command: 'machine', args: {} },
  { type: 'request', id: 12, command: 'machine', args: { cluster: 200 } },
  { type: 'request', id: 8, command: 'kernelViews', args: { process: 'app' } },
  { type: 'request', id: 9, command: 'evaluate', args: { expression: 'buf + 4096' } },
  { type: 'request', id: 13, command: 'timeline', args: { from: 0, to: 900, buckets: 400, sumFrom: 3, sumTo: 9 } },
  { type: 'request', id: 14, command: 'timelineMoment', args: { step: 40 } },
  { type: 'request', id: 15, command: 'timelineFind', args: { step: 40, direction: 'next', kind: 'fault' } },
  { type: 'request', id: 10, command: 'frameMap', args: { cluster: 3, perRow: 16, start: 0, count: 40, find: 270 } },
  { type: 'request', id: 11, command: 'frame', args: { cluster: 0, page: 270 } },
];

const ask = (command: unknown, args: unknown, id: unknown = 1): object => ({ type: 'request', id, command, args });
const huge = 'x'.repeat(10_000_000);

const hostile: readonly (readonly [what: string, message: unknown, reason: RegExp])[] = [
  ['nothing', undefined, /message has to be an object/],
  ['null', null, /message has to be an object/],
  ['a text', 'ready', /message has to be an object/],
  ['a list', [{ type: 'ready' }], /message has to be an object/],
  ['no type', {}, /type is unknown/],
  ['an unknown type', { type: 'exec' }, /type is unknown/],
  ['a type that every object inherits', { type: 'constructor' }, /type is unknown/],
  ['a type that names the prototype', JSON.parse('{"type":"__proto__"}'), /type is unknown/],
  ['a type that is a list', { type: ['ready'] }, /type is unknown/],
  ['a type from a prototype', Object.create({ type: 'ready' }), /type is unknown/],
  ['a type that a getter makes up', Object.defineProperty({}, 'type', { get: () => 'ready' }), /type is unknown/],
  ['a field that nobody knows', { type: 'ready', more: 1 }, /field that is not known/],
  ['a field with a symbol', { type: 'ready', [Symbol('more')]: 1 }, /field that is not known/],
  ['a prototype as a field', JSON.parse('{"type":"ready","__proto__":{"id":1}}'), /field that is not known/],
  ['an unknown command', ask('shell', {}), /command has to be one of addressSpace/],
  ['a debug adapter command', ask('disconnect', {}), /command has to be one of/],
  ['a command with a path', ask('../evaluate', { expression: '1' }), /command has to be one of/],
  ['a command that every object inherits', ask('toString', {}), /command has to be one of/],
  ['a command that is a list', ask(['page'], selection), /command has to be one of/],
  ['an id that is a text', ask('machine', {}, '1'), /id has to be a whole number/],
  ['an id that is no number', ask('machine', {}, NaN), /id has to be a whole number/],
  ['arguments that are a list', ask('machine', []), /args has to be an object/],
  ['arguments that are missing', { type: 'request', id: 1, command: 'machine' }, /args has to be an object/],
  ['arguments of another command', ask('machine', { expression: '1' }), /args has a field that is not known/],
  ['an argument from a prototype', ask('page', Object.create({ vpn: 1 })), /args\.vpn has to be a whole number/],
  ['a page that is no whole number', ask('page', { vpn: 1.5 }), /args\.vpn has to be a whole number/],
  ['a page below 0', ask('page', { vpn: -1 }), /args\.vpn has to be a whole number/],
  ['a page without end', ask('page', { vpn: Infinity }), /args\.vpn has to be a whole number/],
  ['a process that is an object', ask('page', { vpn: 1, process: {} }), /args\.process has to be a text/],
  ['a process that is null', ask('page', { vpn: 1, process: null }), /args\.process has to be a text/],
  [
    'an unknown filter',
    ask('pageTable', { start: 0, count: 1, filter: 'none' }),
    /args\.filter has to be one of present/,
  ],
  ['a huge expression', ask('evaluate', { expression: huge }), /args\.expression has to be a text of at most/],
  [
    'a huge name',
    { type: 'select', selection: { ...selection, process: huge } },
    /selection\.process has to be a text/,
  ],
  ['a selection that is a list', { type: 'select', selection: [] }, /selection has to be an object/],
  ['a line that is a text', { type: 'reveal', line: '1' }, /line has to be a whole number/],
  ['an unknown action', { type: 'compare', action: 'delete' }, /action has to be one of again/],
  [
    'lines that are no list',
    { type: 'description', id: 1, description: { ...description, lines: 'x' } },
    /lines has to be a list/,
  ],
  [
    'a line that is no text',
    { type: 'description', id: 1, description: { ...description, lines: [1] } },
    /lines\[0\] has to be a text/,
  ],
  [
    'too many lines',
    { type: 'description', id: 1, description: { ...description, lines: Array(200_000).fill('') } },
    /list of at most/,
  ],
  [
    'a list with a length alone',
    { type: 'description', id: 1, description: { ...description, lines: { length: 9 } } },
    /has to be a list/,
  ],
];

describe('messages from webviews', () => {
  it('are passed on as they are when a panel could have sent them', () => {
    for (const message of good) {
      const read = readMessage(structuredClone(message));
      assert.deepEqual(read, message);
      assert.notEqual(read, message);
    }
  });

  for (const [what, message, reason] of hostile) {
    it(`are refused with ${what}`, () => {
      assert.throws(
        () => readMessage(message),
        (error) => {
          assert(error instanceof WrongMessage, String(error));
          assert.match(error.message, reason);
          assert(error.message.length < 300, 'it repeats nothing of what was sent');
          return true;
        },
      );
    });
  }

  it('change no prototype', () => {
    const attack = '{"type":"select","selection":{"process":"a","cluster":0,"vpn":1,"__proto__":{"isAdmin":true}}}';
    assert.throws(() => readMessage(JSON.parse(attack)), WrongMessage);
    assert.equal('isAdmin' in {}, false);
  });

  it('are refused with a reason or copied, whatever they are', () => {
    const part = fc.oneof(fc.constantFrom(...good), fc.anything());
    const message = fc.oneof(
      fc.anything({ withNullPrototype: true, withBigInt: true, withDate: true, withMap: true }),
      fc
        .tuple(
          fc.constantFrom(...good),
          fc.dictionary(fc.constantFrom('type', 'id', 'args', 'line', 'selection'), part),
        )
        .map(([one, changes]) => ({ ...one, ...changes })),
    );
    fc.assert(
      fc.property(message, (sent) => {
        try {
          assert.deepEqual(JSON.parse(JSON.stringify(readMessage(sent))), JSON.parse(JSON.stringify(sent)));
        } catch (error) {
          assert(error instanceof WrongMessage, String(error));
        }
      }),
      { seed: 7, numRuns: 2000 },
    );
  });
});
