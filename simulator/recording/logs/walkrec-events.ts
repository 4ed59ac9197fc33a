/** The events of a log as a `.walkrec` holds them: JSON, checked so that the order can rely on what they say of each other. */
import type { CallResult, LogEvent } from './process-log.ts';
import { DamagedRecording } from './recording-error.ts';
import { countOf, fieldsOf, flagOf, listOf, orNull, textOf } from './walkrec-fields.ts';

const MOST_ARGUMENTS = 16;
/** Results may be any 64-bit value, as near as a number comes to it. */
const MOST_RESULT = 2 ** 64;

export function readEvent(value: unknown): LogEvent {
  const event = fieldsOf(value, 'an event');
  const place = { line: countOf(event['line'], 'a line'), at: countOf(event['at'], 'a place') };
  switch (event['kind']) {
    case 'call':
      return {
        kind: 'call',
        tid: countOf(event['tid'], 'a thread'),
        number: countOf(event['number'], 'a call’s number'),
        name: textOf(event['name'], 'a call’s name'),
        args: listOf(event['args'], 'arguments', MOST_ARGUMENTS, (argument) => textOf(argument, 'an argument')),
        child: orNull(event['child'], (child) => countOf(child, 'a process')),
        blocks: flagOf(event['blocks'], '“blocks”'),
        result: orNull(event['result'], readResult),
        completion: orNull(event['completion'], (at) => countOf(at, 'a completion')),
        ...place,
      };
    case 'completion':
      return {
        kind: 'completion',
        tid: countOf(event['tid'], 'a thread'),
        number: countOf(event['number'], 'a call’s number'),
        call: countOf(event['call'], 'a call'),
        result: readResult(event['result']),
        ...place,
      };
    case 'switch':
      return { kind: 'switch', tid: countOf(event['tid'], 'a thread'), ...place };
    case 'signal':
      return {
        kind: 'signal',
        signal: countOf(event['signal'], 'a signal'),
        address: countOf(event['address'], 'an address'),
        isMapped: flagOf(event['isMapped'], '“isMapped”'),
        ...place,
      };
    case 'killed':
      return {
        kind: 'killed',
        signal: countOf(event['signal'], 'a signal'),
        name: textOf(event['name'], 'a signal’s name'),
        address: orNull(event['address'], (address) => countOf(address, 'an address')),
        ...place,
      };
    default:
      throw new DamagedRecording('its index is damaged: an event is of no known kind');
  }
}

function readResult(value: unknown): CallResult {
  const result = fieldsOf(value, 'a result');
  const number = result['value'];
  if (typeof number !== 'number' || !(number >= 0 && number <= MOST_RESULT))
    throw new DamagedRecording('its index is damaged: a result is no number');
  return { ok: flagOf(result['ok'], '“ok”'), value: number };
}

/** Throws DamagedRecording unless places rise, and calls and completions name each other. */
export function checkEvents(events: readonly LogEvent[], accesses: number): void {
  let last = 0;
  for (const [index, event] of events.entries()) {
    if (event.at < last || event.at > accesses) throw new DamagedRecording('its events are out of order');
    last = event.at;
    if (event.kind === 'call' && event.completion !== null) {
      const completion = events[event.completion];
      if (completion?.kind !== 'completion' || completion.call !== index || event.completion <= index)
        throw new DamagedRecording('a call is completed by something else');
    }
    if (event.kind !== 'completion') continue;
    const call = events[event.call];
    if (call?.kind !== 'call' || call.completion !== index)
      throw new DamagedRecording('a completion belongs to no call');
  }
}
