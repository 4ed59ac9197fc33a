import { globSync } from 'node:fs';
import path from 'node:path';
import { EsbuildPlugin } from 'esbuild-loader';

const root = import.meta.dirname;
const dist = path.join(root, 'dist');

/** @param {string} target what esbuild compiles for */
function common(target) {
  return {
    mode: /** @type {const} */ ('production'),
    context: root,
    devtool: 'source-map',
    resolve: { extensions: ['.ts', '.tsx', '.js', '.json'] },
    module: {
      rules: [
        { test: /\.tsx?$/, loader: 'esbuild-loader', options: { target, jsx: 'automatic', jsxImportSource: 'preact' } },
      ],
    },
    performance: { hints: /** @type {const} */ (false) },
    stats: 'errors-warnings',
  };
}

/** A bundle for Node, readable in a stack trace. */
function node(name, entry) {
  const base = common('node22');
  return {
    ...base,
    name,
    entry: `./${entry}`,
    target: 'node22',
    output: { path: dist, filename: `${name}.cjs`, library: { type: 'commonjs2' } },
    externals: { vscode: 'commonjs vscode' },
    optimization: { minimize: false },
  };
}

/**
 * Programs of the command line are ES modules: one may await at its top level, read its own `import.meta`, and import another
 * by its exports' names.
 */
function commandLine(name, entry) {
  const base = node(name, entry);
  return {
    ...base,
    output: { path: dist, filename: `${name}.mjs`, module: true, chunkFormat: 'module', library: { type: 'module' } },
    experiments: { outputModule: true },
    module: { ...base.module, parser: { javascript: { importMeta: false } } },
  };
}

/** One bundle for each panel: media/<panel>/main.tsx becomes dist/media/<panel>.js and .css, without eval. */
function panels() {
  const base = common('es2022');
  const mains = globSync('media/*/main.tsx', { cwd: root }).sort();
  return {
    ...base,
    name: 'media',
    entry: Object.fromEntries(mains.map((main) => [path.basename(path.dirname(main)), `./${main}`])),
    target: ['web', 'es2022'],
    output: { path: path.join(dist, 'media'), filename: '[name].js', cssFilename: '[name].css' },
    experiments: { css: true },
    optimization: { minimizer: [new EsbuildPlugin({ target: 'es2022', css: true })] },
  };
}

export default [
  node('extension', 'extension/extension.ts'),
  node('worker', 'extension/debug/worker.ts'),
  node('compare', 'extension/compare/worker.ts'),
  node('recording', 'extension/recording/worker.ts'),
  node('tests', 'extension/testing/worker.ts'),
  node('server', 'simulator/language/main.ts'),
  node('live', 'simulator/language/live/entry.ts'),
  commandLine('cli', 'simulator/cli/main.ts'),
  commandLine('dap', 'extension/debug/server.ts'),
  commandLine('sweep-worker', 'simulator/cli/sweep/worker.ts'),
  commandLine('test-worker', 'simulator/cli/test/worker.ts'),
  panels(),
];
