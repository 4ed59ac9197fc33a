import { gradescope } from './gradescope.ts';
import { json } from './json.ts';
import { junit } from './junit.ts';
import type { Reporter } from './reporter.ts';
import { spec } from './spec.ts';
import { tap } from './tap.ts';

export const reporterNames = ['spec', 'tap', 'junit', 'json', 'gradescope'] as const;
export type ReporterName = (typeof reporterNames)[number];

export const reporters: Readonly<Record<ReporterName, Reporter>> = { spec, tap, junit, json, gradescope };
