/** Random programs of the language, as tokens, so that any blank may stand between them. */
import fc from 'fast-check';

type Tokens = readonly string[];

const join = (...parts: readonly (string | Tokens)[]): Tokens => parts.flat();
const between = (items: readonly Tokens[], separator: string): Tokens =>
  items.flatMap((item, index) => (index === 0 ? item : [separator, ...item]));

const name = fc.constantFrom('a', 'buf', 'page-out', 'file', 'text', 'size', 'x2', 'A', 'kernel', '_b');
const literal = fc.constantFrom(
  '0',
  '0x2B',
  '0b11',
  '1_000',
  '64KiB',
  '4 pages',
  '1 page',
  '5us',
  '2s',
  '100 cycles',
  '"a\\n\\x41"',
  '""',
);
const binary = fc.constantFrom('*', '/', '%', '+', '-', '<<', '>>', '&', '^', '|', 'and', 'or');

const { expression } = fc.letrec<{ expression: Tokens; simple: Tokens; call: Tokens }>((tie) => ({
  simple: fc.oneof(
    literal.map((text) => [text]),
    name.map((text) => [text]),
    fc.constantFrom(['true'], ['none']),
  ),
  call: fc
    .tuple(
      name,
      fc.array(fc.tuple(fc.option(fc.constantFrom('at', 'process', 'kind', 'not')), tie('simple')), { maxLength: 3 }),
    )
    .map(([callee, args]) =>
      join(
        callee,
        '(',
        between(
          args.map(([key, value]) => (key === null ? value : [key, ':', ...value])),
          ',',
        ),
        ')',
      ),
    ),
  expression: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    tie('simple'),
    tie('call'),
    fc
      .tuple(tie('expression'), binary, tie('expression'))
      .map(([left, operator, right]) => join('(', left, ')', operator, '(', right, ')')),
    fc
      .tuple(tie('simple'), fc.constantFrom('==', '<', '>='), tie('simple'))
      .map(([left, operator, right]) => join(left, operator, right)),
    fc.tuple(fc.constantFrom('-', '~', 'not'), tie('simple')).map(([operator, operand]) => join(operator, operand)),
    fc.array(tie('expression'), { minLength: 1, maxLength: 3 }).map((items) => join('(', between(items, ','), ')')),
    fc.array(tie('expression'), { maxLength: 2 }).map((items) => join('[', between(items, ','), ']')),
    fc.array(tie('expression'), { maxLength: 2 }).map((items) =>
      join(
        '{',
        between(
          items.map((item) => ['code', ':', ...item]),
          ',',
        ),
        '}',
      ),
    ),
    tie('call').map((call) => join(call, '.', 'process')),
    fc.tuple(tie('call'), tie('simple')).map(([call, index]) => join(call, '[', index, ']')),
  ),
}));

const lower = name.filter((text) => text !== 'A');
const call = fc
  .tuple(lower, fc.array(expression, { maxLength: 2 }))
  .map(([callee, args]) => join(callee, '(', between(args, ','), ')'));

const { statement } = fc.letrec<{ statement: Tokens; block: Tokens; threads: Tokens }>((tie) => ({
  block: fc.array(tie('statement'), { maxLength: 3 }).map((inner) => join('{', ...inner, '}')),
  threads: fc
    .array(tie('block'), { maxLength: 2 })
    .map((blocks) => join('{', ...blocks.map((block) => join('as', 'a', block)), '}')),
  statement: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    call,
    fc.tuple(name, expression).map(([bound, value]) => join('let', bound, '=', value)),
    expression.map((value) => join('expect', value)),
    fc
      .tuple(call, fc.constantFrom(['fails', 'SEGV'], ['fails', 'PANIC', '"x"'], ['kills'], ['kills', 'OOM']))
      .map(([value, tail]) => join('expect', value, tail)),
    expression.map((value) => join('print', value)),
    fc.constantFrom(
      ['inject', 'page-alloc', 'fails', 'after', '1'],
      ['inject', 'clear'],
      ['dump', 'a'],
      ['daemon', 'd', 'on'],
    ),
    expression.map((place) => join('reserve', '1', 'frames', 'at', place)),
    fc.constantFrom(
      ['process', 'p', 'at', '(', '0', ',', '1', ')', '{', 'code', '0', 'data', '4 pages', '}'],
      ['process', 'p', 'load', '"a"'],
    ),
    fc.constantFrom(['thread', 't', 'of', 'p'], ['replay', '"a"', 'named', 'b'], ['replay', '"a"']),
    tie('block').map((block) => join('as', 'a', block)),
    tie('block').map((block) => join('for', 'i', 'in', '0', '..', '4', 'step', '2', block)),
    tie('block').map((block) => join('repeat', '3', block)),
    fc
      .tuple(expression, tie('block'), tie('block'))
      .map(([test, yes, no]) => join('if', test, yes, 'else', 'if', test, no, 'else', yes)),
    tie('threads').map((threads) => join('parallel', 'seed', '1', threads)),
    tie('threads').map((threads) => join('expect', 'parallel', threads, 'fails', 'DEADLOCK')),
    fc
      .tuple(tie('threads'), tie('block'))
      .map(([threads, block]) => join('explore', 'up', 'to', '9', threads, 'then', block)),
    tie('threads').map((threads) => join('expect', 'explore', threads, 'fails', 'SEGV')),
    fc
      .tuple(tie('threads'), tie('block'))
      .map(([threads, block]) => join('expect', 'explore', threads, 'then', block, 'fails', 'INVARIANT')),
  ),
}));

const declarations = fc.subarray<Tokens>([
  [
    'machine',
    'tsar',
    '{',
    'mesh',
    '2x2',
    'memory',
    '16MiB',
    'tlb',
    '{',
    'sets',
    '4',
    'ways',
    '2',
    '}',
    'cost',
    '{',
    'HOP',
    '3',
    '}',
    '}',
  ],
  ['kernel', 'toy', '{', 'quota', '-', '5', 'fork', 'cow', '}'],
  ['file', '"f"', 'at', '(', '0', ',', '0', ')', '{', 'size', '1 page', 'fill', '7', '}'],
]);
const blank = fc.constantFrom(
  ' ',
  ' ',
  ' ',
  '  ',
  '\n',
  '\n\n\n\n',
  '\t',
  ' // note\n',
  ' /* note */ ',
  '\n// own line\n    ',
);

const programTokens = fc
  .tuple(declarations, fc.array(statement, { maxLength: 4 }))
  .map(([first, rest]) => [...first, ...rest].flat());

/** Texts of programs, with arbitrary blanks and comments. */
export const program: fc.Arbitrary<string> = programTokens.chain((tokens) =>
  fc
    .array(blank, { minLength: tokens.length + 1, maxLength: tokens.length + 1 })
    .map((blanks) => tokens.map((token, index) => blanks[index] + token).join('') + (blanks.at(-1) ?? '')),
);

/** Tokens in no order at all, and what is no token. */
export const soup: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ...'let as expect fails kills for in .. step repeat if else parallel explore up to then test print process thread of at machine kernel file mesh 2x2 code data load inject clear after reserve frames daemon on off dump replay named not and or { } ( ) [ ] , : . = == < + - * / % & | ^ ~ << >> "s" " 0x 12ab 64KiB /* */ // \n é \0 \uD800 SEGV none true rw'.split(
          ' ',
        ),
      ),
      name,
      literal,
    ),
    { maxLength: 60 },
  )
  .chain((tokens) => fc.constantFrom(' ', '', '\n').map((separator) => tokens.join(separator)));
