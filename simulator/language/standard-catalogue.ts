/** The kernels and machines that Pagewalk comes with: what composition roots give the language. */
import { presets, validateConfig } from '../hardware/machine-config.ts';
import { kernels } from '../kernels/registry.ts';
import type { KernelCatalogue } from './catalogue.ts';

export const standardCatalogue: KernelCatalogue = { kernels, presets, validateMachine: validateConfig };
