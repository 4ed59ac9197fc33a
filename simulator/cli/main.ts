import { Command } from 'commander';

await new Command('pagewalk').description('Simulates virtual memory: machines, kernels, scenarios.').parseAsync();
