/** Commands, their arguments and flags, and what each runs. */
import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import type { ExitCode } from '../session/scenario/outcome.ts';
import { bench, type BenchFlags } from './bench.ts';
import { check, type CheckFlags } from './check.ts';
import { compare, type CompareFlags } from './compare.ts';
import { dap, type DapFlags } from './dap.ts';
import { type ImportKind, importKinds } from '../files/import-recording.ts';
import { type ImportFlags, importFiles } from './import.ts';
import { list, type ListFlags } from './list.ts';
import { lsp } from './lsp.ts';
import { memoryImage, type MemoryImageFlags } from './memory-image.ts';
import {
  addRunOptions,
  boundOption,
  boundsOf,
  clusterPlace,
  counting,
  kernelList,
  plainKernelList,
  orderOption,
  portNumber,
  positive,
  type RunOptions,
} from './options.ts';
import { closeOutput, writeError, writeOut } from './output.ts';
import { record, type RecordFlags } from './record.ts';
import { run, type RunFlags } from './run.ts';
import { stats, type StatsFlags } from './stats.ts';
import { sweep, type SweepFlags } from './sweep/sweep.ts';
import { varied, variedNames, type Varied } from './sweep/vary.ts';
import { reporterNames } from './test/reporters/reporters.ts';
import { test, type TestFlags } from './test/test.ts';

const exitCodes = `
Exit codes: 0 success; 1 an expectation or a test failed, or the simulated program died or panicked unexpectedly;
2 the input or the arguments are wrong; 3 a bug of Pagewalk.`;

const untilOption = (): Option =>
  new Option('--until <line>', 'stop before the first statement at or after that line').argParser(positive);

/** Of a command that ends by itself: its results are complete only when the output is closed. */
async function finish(outcome: Promise<ExitCode>): Promise<void> {
  process.exitCode = await outcome;
  closeOutput();
}

/** The commands with their flags, as the manual lists them. */
export function commandLine(): Command {
  const program = new Command('pagewalk')
    .description('Simulates virtual memory: machines, kernels, scenarios, recordings of real programs.')
    .version(packageJson.version)
    .addHelpText('after', exitCodes)
    .exitOverride()
    .configureOutput({ writeOut, writeErr: writeError })
    .enablePositionalOptions()
    .showHelpAfterError('(pagewalk help shows all commands and flags)');
  addRunOptions(program.command('run').description('simulate a scenario or a recording').argument('<file>'))
    .addOption(untilOption())
    .option('--json', 'print the final state as one JSON object (simulator/inspect/run.schema.json)')
    .option('--frames', 'with --json: every physical frame as well')
    .option('--trace <file>', 'write every event with its cause: a Chrome trace, or CSV where the name ends in .csv')
    .option('--dump', "print the kernel's own display of every living process at the end")
    .action((file: string, flags: RunFlags) => finish(run(file, flags)));
  addRunOptions(program.command('check').description('report mistakes without running').argument('<file...>'))
    .option('--json', 'print all findings as one JSON object')
    .action((files: string[], flags: CheckFlags) => finish(check(files, flags)));
  addRunOptions(program.command('test').description('run the tests in files and folders').argument('<path...>'), {
    kernels: new Option(
      '--kernel <names>',
      'kernels, where the file names none; of those that it names, these alone',
    ).argParser(plainKernelList),
  })
    .addOption(new Option('--filter <text>', 'only tests whose name contains that text, in capitals or not'))
    .option('--coverage', 'tell which lines ran, and which numbered steps of the kernel; slower')
    .addOption(new Option('--jobs <n>', 'files that are tested at the same time').argParser(positive).default(1))
    .addOption(new Option('--reporter <name>', 'how results are written').choices(reporterNames).default('spec'))
    .action((paths: string[], flags: TestFlags) => finish(test(paths, flags)));
  addRunOptions(program.command('compare').description('run a file on several kernels and show where they differ'), {
    kernels: new Option(
      '--kernels <names>',
      'kernels, the first to compare the others with (all that any file runs on); NAME@MACHINE chooses a machine as well',
    ).argParser(kernelList),
  })
    .argument('<file>')
    .option('--test <name>', 'compare the test of that name; without it, what stands outside tests')
    .option('--lines', 'print also what each kernel did in every line where they differ')
    .option('--json', 'print the comparison as one JSON object (simulator/inspect/compare.schema.json)')
    .action((file: string, flags: CompareFlags) => finish(compare(file, flags)));
  addRunOptions(
    program.command('memory-image').description('write physical memory to a file, with a description of it beside'),
    { without: ['output'] },
  )
    .argument('<file>')
    .addOption(untilOption())
    .addOption(new Option('--cluster <x,y>', 'only the memory of that cluster').argParser(clusterPlace))
    .requiredOption('-o, --output <file>', 'the image; its description becomes FILE.json')
    .action((file: string, { output: image, ...flags }: Omit<MemoryImageFlags, 'image'> & { output: string }) =>
      finish(memoryImage(file, { ...flags, image })),
    );
  addRunOptions(program.command('stats').description('run a file and print figures about it').argument('<file>'))
    .option('--json', 'print one JSON object')
    .addOption(new Option('--csv', 'print lines of a metric and its value').conflicts('json'))
    .option(
      '--lines',
      'print what each line has cost, the hottest first; of a recorded program’s source where it is known',
    )
    .option('--sort <counter>', 'with --lines: visits, or the event by whose number lines are sorted', 'page-fault')
    .action((file: string, flags: StatsFlags) => finish(stats(file, flags)));
  addSweep(program);
  program
    .command('list')
    .description('print a recording as the debugger shows it: the lines that findings about it name')
    .argument('<recording>')
    .addOption(orderOption())
    .action((file: string, flags: ListFlags) => finish(list(file, flags)));
  addRecorders(program);
  addServers(program);
  return program;
}

function addSweep(program: Command): void {
  addRunOptions(
    program.command('sweep').description('run a file with every combination of settings, and print a table of figures'),
  )
    .argument('<file>')
    .addOption(
      new Option('--vary <name=values>', `values A,B,C or FROM..TO of one of ${variedNames.join(', ')}; again for more`)
        .argParser((text: string, before: readonly string[] = []) => [...before, text])
        .makeOptionMandatory(),
    )
    .addOption(
      new Option('--jobs <n>', 'how many runs are made at the same time (the number of processors)').argParser(
        positive,
      ),
    )
    .addOption(new Option('--only <n>', 'make only this run of the sweep, counted from 0').argParser(counting))
    .option('--table <file>', 'write the table to a file; runs that it already contains are not made again')
    .option('--json', 'print one JSON object instead of a table')
    .addOption(new Option('--export <format>', 'print a script that makes the runs elsewhere').choices(['slurm']))
    .action((file: string, { vary, ...flags }: SweepArguments, command: Command) =>
      finish(sweep(file, { ...flags, vary: variedBy(vary, flags, command) })),
    );
}

type SweepArguments = Omit<SweepFlags, 'vary'> & { readonly vary: readonly string[] };

/** Read when all flags are known: a bound on the values may stand behind them. */
function variedBy(texts: readonly string[], flags: RunOptions, command: Command): readonly Varied[] {
  return texts.reduce<readonly Varied[]>((before, text) => {
    try {
      return varied(text, before, boundsOf(flags));
    } catch (error) {
      if (!(error instanceof InvalidArgumentError)) throw error;
      return command.error(
        `error: option '--vary <name=values>' argument '${text}' is invalid. ${error.message}`,
        error,
      );
    }
  }, []);
}

function addRecorders(program: Command): void {
  program
    .command('record')
    .description('run a program under Valgrind, and record what it does with memory')
    .argument('<command...>', 'the program and its arguments; one C or C++ file is compiled first')
    .addOption(new Option('-o, --to <file>', 'the recording (the program’s name with .walkrec)'))
    .addOption(new Option('--cc <command>', 'how a source file is compiled (gcc -g -O0)'))
    .addOption(boundOption('recordedAccesses'))
    .addOption(boundOption('recordedLines'))
    .addOption(boundOption('recordingSize'))
    .passThroughOptions()
    .action((command: string[], flags: RecordFlags) => finish(record(command, flags)));
  program
    .command('import')
    .description('make one recording of what another tool has recorded')
    .addArgument(new Argument('<kind>', 'which tool').choices(importKinds))
    .argument('<file...>')
    .addOption(boundOption('recordedAccesses'))
    .addOption(boundOption('recordedLines'))
    .addOption(boundOption('recordingSize'))
    .requiredOption('-o, --to <file>', 'the recording')
    .action((kind: ImportKind, files: string[], flags: ImportFlags) => finish(importFiles(kind, files, flags)));
}

function addServers(program: Command): void {
  program
    .command('bench')
    .description('measure how fast this computer simulates')
    .option('--json', 'print the results as JSON')
    .action((flags: BenchFlags) => finish(bench(flags)));
  program
    .command('dap')
    .description('the debug adapter, for other editors')
    .addOption(new Option('--port <n>', 'listen on a port instead of standard input and output').argParser(portNumber))
    .action(async (flags: DapFlags) => {
      process.exitCode = await dap(flags);
    });
  program
    .command('lsp')
    .description('the language server, for other editors')
    .requiredOption('--stdio', 'talk over standard input and output')
    .action(() => lsp());
}
