// Which layer may know which. `only('A', …)` says everything that a file of A may import from this repository.
const shared = '^simulator/kernels/[^/]+\\.ts$';
const registry = '^simulator/kernels/registry\\.ts$';
const functionTables = '^simulator/execution/function-info\\.ts$';
// The language without its composition roots.
const language = {
  path: '^simulator/language/',
  pathNot:
    '^simulator/language/(lsp/|main\\.ts|live/(entry|host|surroundings)\\.ts|server/file-system\\.ts|standard-catalogue\\.ts)',
};
const ours = '^(simulator|extension|media|test|bench)/';

/** @param {string} name @param {object} from @param {string[]} allowed */
function only(name, from, allowed) {
  return { name, severity: 'error', from, to: { path: ours, pathNot: allowed } };
}

/**
 * The rooms of a folder in the order in which data flows through it: a room imports itself and those before it. What
 * stands beside the rooms puts them together; a room knows of it at most types.
 * @param {string} folder @param {string[]} rooms
 */
function rooms(folder, rooms) {
  return rooms.map((room, at) => ({
    name: `${folder.replaceAll('/', '-')}-${room}`,
    severity: 'error',
    from: { path: `^${folder}/${room}/` },
    to: {
      path: `^${folder}/`,
      pathNot: rooms.slice(0, at + 1).map((known) => `^${folder}/${known}/`),
      dependencyTypesNot: ['type-only', 'type-import'],
    },
  }));
}

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      comment: 'Type-only imports do not count: they are gone at run time.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only', 'type-import'] } },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true, pathNot: ['^vscode$'] } },

    only('hardware-knows-nothing', { path: '^simulator/hardware/' }, ['^simulator/hardware/']),
    only('execution-knows-hardware', { path: '^simulator/execution/' }, ['^simulator/(hardware|execution)/']),
    only('kernels-shared', { path: shared, pathNot: registry }, ['^simulator/(hardware|execution)/', shared]),
    only('kernel-knows-no-other', { path: '^simulator/kernels/([^/]+)/' }, [
      '^simulator/(hardware|execution)/',
      shared,
      '^simulator/kernels/$1/',
    ]),
    only('session-knows-no-kernel', { path: '^simulator/session/' }, [
      '^simulator/(hardware|execution|session)/',
      shared,
    ]),
    ...rooms('simulator/session', ['scenario', 'state', 'calls', 'statements', 'moves']),
    ...rooms('simulator/recording', ['debug-info', 'logs', 'order', 'replay']),
    ...rooms('simulator/kernels/haiku', ['base', 'memory', 'caches', 'regions', 'daemons', 'processes', 'views']),
    ...rooms('simulator/kernels/almos-mkh', [
      'base',
      'objects',
      'memory',
      'rpc',
      'faults',
      'regions',
      'processes',
      'views',
    ]),
    ...rooms('extension/debug', ['protocol', 'breakpoints', 'program', 'views', 'moves']),
    only('inspect-knows-no-kernel', { path: '^simulator/inspect/' }, [
      '^simulator/(hardware|execution|session|inspect)/',
      shared,
    ]),
    only('recording-knows-session', { path: '^simulator/recording/' }, ['^simulator/(session|recording)/']),
    only('files-know-recordings', { path: '^simulator/files/' }, [
      '^simulator/(session|recording|files)/',
      '^simulator/language/checks/nearest\\.ts$',
    ]),
    only('language-knows-scenarios', language, [
      '^simulator/language/',
      '^simulator/session/scenario/(scenario|bounds|value-bounds)\\.ts$',
      '^simulator/kernels/',
      functionTables,
    ]),
    {
      name: 'language-knows-tables-as-types',
      comment:
        'The language reads the kernels’ tables of functions: of execution it knows their type, nothing that runs.',
      severity: 'error',
      from: language,
      to: { path: functionTables, dependencyTypesNot: ['type-only'] },
    },
    only('simulator-stands-alone', { path: '^simulator/' }, ['^simulator/']),
    {
      name: 'registry-at-composition-roots',
      comment: 'Concrete kernels arrive at the edges: command line, adapter, language server, tests.',
      severity: 'error',
      from: { path: '^simulator/(hardware|execution|kernels|session|inspect|recording)/' },
      to: { path: registry },
    },
    only('protocol-is-types-of-views', { path: '^media/protocol/' }, [
      '^media/protocol/',
      '^simulator/inspect/',
      '^simulator/kernels/view\\.ts$',
    ]),
    only('panel-knows-protocol', { path: '^media/([^/]+)/', pathNot: '^media/(protocol|shared)/' }, [
      '^media/(protocol|shared)/',
      '^media/$1/',
    ]),
    only('panel-parts-know-protocol', { path: '^media/shared/' }, ['^media/(protocol|shared)/']),
    only('extension-knows-simulator', { path: '^extension/' }, ['^(simulator|extension|media/protocol)/']),

    {
      name: 'only-the-extension-knows-vscode',
      severity: 'error',
      from: { pathNot: ['^extension/', '^test/vscode/'] },
      to: { path: '^vscode$' },
    },
    {
      name: 'the-adapter-runs-anywhere',
      comment: 'The debug adapter and its thread run without VS Code, in tests and for other editors.',
      severity: 'error',
      from: { path: '^extension/debug/', pathNot: '^extension/debug/(factory|configuration-provider)\\.ts$' },
      to: { path: '^vscode$', reachable: true },
    },
    {
      name: 'core-uses-no-node',
      severity: 'error',
      from: {
        path: '^simulator/',
        pathNot: [
          '^simulator/(cli|files)/',
          '^simulator/language/(main|live/entry|live/host|live/workspace-folders|server/file-system)\\.ts$',
        ],
      },
      to: { dependencyTypes: ['core'] },
    },
    { name: 'panels-use-no-node', severity: 'error', from: { path: '^media/' }, to: { dependencyTypes: ['core'] } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['/generated/'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.js', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
    },
  },
};
