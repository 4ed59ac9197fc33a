import js from '@eslint/js';
import tseslint from 'typescript-eslint';

// One step of a kernel function is one line, `if (here.step('4')) yield;`, and kernel folders keep the spelling of
// their specification, so there is no rule on naming and none on braces.
// What a test starts ends with it: test/lifetime/.
const endsWithItsTest = [
  { name: 'node:child_process', message: 'Use test/lifetime/program.ts.', allowTypeImports: true },
  { name: 'node:worker_threads', message: 'Use test/lifetime/thread.ts.', allowTypeImports: true },
  { name: 'node:net', importNames: ['createServer'], message: 'Use test/lifetime/server.ts.' },
  { name: 'playwright-core', message: 'Use test/lifetime/browser.ts.', allowTypeImports: true },
];
const waitForCondition = 'Wait for a condition: test/lifetime/waiting.ts.';

export default tseslint.config(
  { ignores: ['dist/', 'out/', '.cache/', 'coverage/', '**/generated/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/return-await': ['error', 'in-try-catch'],
      'max-lines': ['error', { max: 500, skipBlankLines: true }],
      'prefer-const': ['error', { destructuring: 'all' }],
      eqeqeq: 'error',
      // A generator without a step satisfies the same interface as one with steps.
      'require-yield': 'off',
    },
  },
  {
    files: ['{simulator,extension,media}/**/*.{ts,tsx}'],
    ignores: ['simulator/hardware/layouts/**'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector:
            ':matches(BinaryExpression[operator=/^[!=]==?$/]:has(> Literal[value=/./]) > :matches(MemberExpression[property.name="paging"], Identifier[name="paging"]), SwitchStatement > :matches(MemberExpression[property.name="paging"], Identifier[name="paging"]).discriminant)',
          message: 'What a paging format means is a field of its table (hardware/layouts/paging-format.ts).',
        },
      ],
    },
  },
  {
    files: ['simulator/**/*.ts'],
    ignores: ['simulator/cli/clock.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'The simulator has no clock but the machine’s cycle counter.' },
        {
          object: 'performance',
          property: 'now',
          message: 'The simulator has no clock but the machine’s cycle counter.',
        },
        { object: 'Math', property: 'random', message: 'Use the random source that the machine’s seed drives.' },
      ],
    },
  },
  {
    files: ['simulator/**/*.ts'],
    ignores: [
      'simulator/{cli,files}/**',
      'simulator/language/{main,live/entry,live/host,live/workspace-folders,server/file-system}.ts',
    ],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ group: ['node:*', 'vscode'], message: 'The simulator’s core runs in a browser as well.' }] },
      ],
      'no-restricted-globals': [
        'error',
        'process',
        'Buffer',
        'setTimeout',
        'setInterval',
        'setImmediate',
        'queueMicrotask',
      ],
    },
  },
  {
    files: ['test/**/*.ts', 'test/**/*.tsx'],
    rules: {
      'max-lines': ['error', { max: 800, skipBlankLines: true }],
    },
  },
  {
    files: ['test/**/*.ts'],
    ignores: ['test/lifetime/**'],
    rules: { '@typescript-eslint/no-restricted-imports': ['error', { paths: endsWithItsTest }] },
  },
  {
    files: ['test/**/*.ts'],
    ignores: ['test/lifetime/**', 'test/tools/**'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        { paths: [...endsWithItsTest, { name: 'node:timers/promises', message: waitForCondition }] },
      ],
      'no-restricted-globals': [
        'error',
        { name: 'setTimeout', message: waitForCondition },
        { name: 'setInterval', message: waitForCondition },
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'No test asserts a time.' },
        { object: 'performance', property: 'now', message: 'No test asserts a time.' },
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector: 'CallExpression[callee.property.name="timeout"]',
          message: 'The one limit of all tests is in .mocharc.json; a machine ten times slower keeps it as well.',
        },
      ],
    },
  },
  {
    files: ['**/*.js', '**/*.cjs'],
    languageOptions: {
      globals: { process: 'readonly', console: 'readonly', URL: 'readonly', module: 'writable', require: 'readonly' },
    },
  },
);
