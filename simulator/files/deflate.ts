/** DEFLATE as Node has it, for blocks of recordings. */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Compression } from '../recording/logs/access-columns.ts';
import { DamagedRecording } from '../recording/logs/recording-error.ts';

/** Fast: packed accesses are short and regular already. */
const LEVEL = 1;

export const deflate: Compression = {
  compress(bytes) {
    return deflateRawSync(bytes, { level: LEVEL });
  },
  expand(bytes, most) {
    try {
      return inflateRawSync(bytes, { maxOutputLength: Math.max(most, 1) });
    } catch (error) {
      throw new DamagedRecording(
        `compressed data is damaged (${error instanceof Error ? error.message : String(error)})`,
      );
    }
  },
};
