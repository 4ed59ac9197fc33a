/** The runs of a sweep as a job array of Slurm: one task a run, each with a table of its own. */
import type { Varied } from './vary.ts';

export function slurmScript(file: string, vary: readonly Varied[], size: number, args: readonly string[]): string {
  const kept = args.filter((arg, index) => arg !== '--export' && args[index - 1] !== '--export');
  const varied = vary.map(({ name, values }) => `${name} (${String(values.length)})`).join(', ');
  return `#!/bin/bash
# Runs of ${file}: ${varied}. Hand it in with sbatch; then join the tables:
#   (head -n 1 sweep-0.csv; tail -q -n +2 sweep-*.csv) > sweep.csv
#SBATCH --job-name=pagewalk
#SBATCH --array=0-${String(size - 1)}
#SBATCH --cpus-per-task=1
pagewalk ${kept.map(quoted).join(' ')} --jobs 1 --only "$SLURM_ARRAY_TASK_ID" --table "sweep-$SLURM_ARRAY_TASK_ID.csv"
`;
}

function quoted(text: string): string {
  return /^[\w./=:,+*-]+$/.test(text) && !text.includes('*') ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
